package main

import "syscall"

// following ends the plugin with the client that started it.
func following() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
