// Package fault carries what an error message owes its reader: what went
// wrong, one command that helps, and an exit code that scripts can rely on.
package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Exit codes, the same as those of the plugins.
const (
	// Found means that the work was done and something is not as it should be.
	Found = 1
	// Usage means wrong flags, arguments or input files.
	Usage = 2
	// Unable means that a server, the network or a permission was missing.
	Unable = 4
	// Refused means that a safety rule stopped the work.
	Refused = 5
	// Interrupted means that a signal ended the work.
	Interrupted = 130
)

// Error is an error with an exit code and a hint.
type Error struct {
	// Code is the exit code of the process.
	Code int
	// Hint is the exact command, or the one thing to do, that helps.
	Hint string
	// Err says what failed, on which object.
	Err error
}

// Error returns the message without the hint.
func (f *Error) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Error) Unwrap() error { return f.Err }

// New returns a fault; format and args are those of fmt.Errorf.
func New(code int, hint, format string, args ...any) error {
	return &Error{Code: code, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// Report prints err and its hint and returns the exit code it stands for.
func Report(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(w, "error: %v\n", err)
	var f *Error
	known := errors.As(err, &f)
	if known && f.Hint != "" {
		fmt.Fprintf(w, "hint: %s\n", f.Hint)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Interrupted
	case known:
		return f.Code
	default:
		return Unable
	}
}
