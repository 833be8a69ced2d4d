package lock

import (
	"golang.org/x/sys/unix"
)

// program is the name of a process's program; "" where it is not told.
func program(pid int) string {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return ""
	}
	return unix.ByteSliceToString(info.Proc.P_comm[:])
}
