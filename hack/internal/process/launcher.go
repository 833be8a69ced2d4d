package process

import (
	"fmt"
	"os"
	"strings"
)

// launcher is a script that stands in for a server's binary. It writes down
// who it is before it becomes the server, so there is no moment at which a
// server runs and nobody could find it; and it ties the server's output to a
// file, so the log does not depend on the process that started it.
//
// envtest asks a binary for its --help first: that is answered as it is.
const launcher = `#!/bin/sh
umask 077
if [ "$1" = --help ]; then
	exec %[1]s "$@"
fi
{
	echo "$$"
	cat /proc/sys/kernel/random/boot_id "/proc/$$/stat" 2>/dev/null || ps -o lstart= -p "$$"
} >%[2]s.part && mv %[2]s.part %[2]s || exit 1
exec %[1]s "$@" >>%[3]s 2>&1
`

// Launcher says how a server is to be started.
type Launcher struct {
	// Program is the path of the server's binary.
	Program string
	// Record is the file that the started process identifies itself in.
	Record string
	// Log is the file that all its output goes to.
	Log string
}

// Write writes the launcher script to path. The script is started with the
// server's own arguments.
func (l Launcher) Write(path string) error {
	script := fmt.Sprintf(launcher, quote(l.Program), quote(l.Record), quote(l.Log))
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		return fmt.Errorf("write launcher of %s: %w", l.Program, err)
	}
	return nil
}

// quote makes one shell word of any text.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
