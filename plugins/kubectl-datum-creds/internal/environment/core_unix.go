//go:build unix && !linux

package environment

import "syscall"

// ForbidCore keeps the system from writing this process's memory to a file if
// it crashes. GOTRACEBACK=crash, which the runtime reads before main, asks for
// that.
func ForbidCore() {
	var limit syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_CORE, &limit)
	limit.Cur = 0
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
}
