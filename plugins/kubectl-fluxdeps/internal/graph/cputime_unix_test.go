//go:build unix

package graph

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is how long the process has computed so far, on all cores: unlike the
// time that passes it does not depend on what else the machine does.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
