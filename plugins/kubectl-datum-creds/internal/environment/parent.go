package environment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"sync"
)

// ofParent returns a function that looks up a variable of the program that
// started this process. It reads them at the first call: most calls need none.
func ofParent() func(name string) (string, bool) {
	pid := os.Getppid()
	read := sync.OnceValues(func() ([]byte, error) { return parentEnviron(pid) })
	return func(name string) (string, bool) {
		environ, err := read()
		if err != nil {
			return "", false
		}
		return lookUp(environ, name)
	}
}

// lookUp finds a variable among NAME=value pairs that end with a NUL. The first
// counts, as for getenv.
func lookUp(environ []byte, name string) (string, bool) {
	for pair := range bytes.SplitSeq(environ, []byte{0}) {
		if value, found := bytes.CutPrefix(pair, []byte(name+"=")); found {
			return string(value), true
		}
	}
	return "", false
}

var errProcargs = errors.New("not the arguments of a process")

// environOf returns the variables in macOS's kern.procargs2: the number of
// arguments as a 32-bit integer, the path of the program, NULs, the arguments
// and the variables, each ended by a NUL (XNU, bsd/kern/kern_sysctl.c,
// sysctl_procargsx).
func environOf(content []byte) ([]byte, error) {
	if len(content) < 4 {
		return nil, errProcargs
	}
	count := int(int32(binary.NativeEndian.Uint32(content))) //nolint:gosec // a negative one is refused
	_, rest, found := bytes.Cut(content[4:], []byte{0})
	if !found || count < 0 {
		return nil, errProcargs
	}
	rest = bytes.TrimLeft(rest, "\x00")
	for range count {
		if _, rest, found = bytes.Cut(rest, []byte{0}); !found {
			return nil, errProcargs
		}
	}
	return rest, nil
}
