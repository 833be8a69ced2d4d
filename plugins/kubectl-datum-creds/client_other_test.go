//go:build !linux

package main

import "syscall"

func following() *syscall.SysProcAttr { return nil }
