package environment

import "golang.org/x/sys/unix"

// parentEnviron returns the variables that the calling program was started
// with, each ended by a NUL. The kernel shows them to the same user only, and
// none of programs that it protects.
func parentEnviron(pid int) ([]byte, error) {
	content, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil, err
	}
	return environOf(content)
}
