package environment

import "golang.org/x/sys/unix"

// ForbidCore keeps the system from writing this process's memory to a file if
// it crashes. GOTRACEBACK=crash, which the runtime reads before main, asks for
// that. A program in core_pattern gets a dump whatever the limit is, unless the
// process is not dumpable (core(5), prctl(2)).
func ForbidCore() {
	var limit unix.Rlimit
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &limit)
	limit.Cur = 0
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
