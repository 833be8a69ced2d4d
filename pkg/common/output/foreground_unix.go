//go:build unix

package output

import "golang.org/x/sys/unix"

// Foreground reports whether this process may use the terminal that the stream is.
// The system stops a job in the background that tries to.
func Foreground(stream any) bool {
	fd, ok := terminal(stream)
	if !ok {
		return false
	}
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err != nil || group == 0 || group == unix.Getpgrp() // not the terminal of its job control: nothing stops it
}
