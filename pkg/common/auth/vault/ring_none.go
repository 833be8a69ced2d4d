//go:build !linux && !freebsd && !netbsd && !openbsd && !darwin && !windows

package vault

import (
	"errors"
	"runtime"
)

// Get fails.
func (System) Get(string) (string, error) { return "", unsupported() }

// Set fails.
func (System) Set(string, string) error { return unsupported() }

// Delete fails.
func (System) Delete(string) error { return unsupported() }

func unsupported() error { return unusable(errors.New("there is none for " + runtime.GOOS)) }
