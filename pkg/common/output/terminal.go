package output

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	_, ok := terminal(stream)
	return ok
}

// terminal returns the descriptor of the terminal that a stream is; ok is false
// where it is none.
//
// What follows is cli-runtime's AllowsColorOutput and kubectl's TTY.GetSize,
// without the 3 MB that they link: every start of a plugin pays for those.
func terminal(stream any) (fd int, ok bool) {
	file, isFile := stream.(*os.File)
	if !isFile || file == nil {
		return 0, false
	}
	fd = int(file.Fd())
	return fd, term.IsTerminal(fd)
}

// allowsColor reports whether w is a terminal that shows colours.
func allowsColor(w io.Writer) bool {
	if _, ok := terminal(w); !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	if _, none := os.LookupEnv("NO_COLOR"); none {
		return false
	}
	// Older terminals of Windows know no escape sequences.
	return runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != ""
}

// TerminalWidth returns the columns of the terminal that w is, 0 where w is
// none: then nothing is to be cut.
func TerminalWidth(w io.Writer) int {
	fd, ok := terminal(w)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return columns
}
