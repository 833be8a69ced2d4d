//go:build !linux && !darwin

package environment

import "errors"

// parentEnviron fails: the system does not show another program's variables.
func parentEnviron(int) ([]byte, error) { return nil, errors.ErrUnsupported }
