//go:build unix

package handover

import (
	"os/signal"
	"syscall"
)

// detached puts the process into a session of its own: a Ctrl-C, the end of
// the terminal and a signal to the process group do not reach it.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// ignoreSignals lets nothing but SIGKILL end the process early; it ends by
// itself within auth.Deadline. SIGPIPE is how it would learn that the parent
// is gone.
func ignoreSignals() {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
}
