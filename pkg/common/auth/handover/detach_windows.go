package handover

import "syscall"

// detached is not used: on Windows a lock cannot be handed over, and sessions
// are renewed in the asking process.
func detached() *syscall.SysProcAttr { return nil }

func ignoreSignals() {}
