// Package failure has the one error type of the plugins and their tools: what
// failed, the exit code, and what helps. It links nothing but the standard
// library, so that every package can use it.
package failure

import (
	"errors"
	"fmt"
)

// Error is an error with an exit code and a hint.
type Error struct {
	Code Code
	// Err is what failed, on which object; nil if the output has said all of it.
	Err error
	// Hint is one line that names the command, flag or setting that helps, or empty.
	Hint string
}

// Error returns what failed, without the hint.
func (e *Error) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns what failed.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error; format and args are those of fmt.Errorf.
func New(code Code, hint, format string, args ...any) error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...), Hint: hint}
}

// With gives err an exit code and a hint, which may be empty.
func With(code Code, err error, hint string) error {
	return &Error{Code: code, Err: err, Hint: hint}
}

// Input marks err as wrong use or bad input.
func Input(err error) error { return With(BadInput, err, "") }

// DefaultInput marks err as wrong use or bad input unless it has a code; nil
// stays nil.
func DefaultInput(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return Input(err)
}

// Silent ends a command with a code after its output has said all of it.
func Silent(code Code) error { return &Error{Code: code} }

// Of returns the outermost Error in err's chain. An error without one is Unable:
// the work was not done. err must not be nil.
func Of(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{Code: Unable, Err: err}
}

// CodeOf returns the exit code of err, OK for nil.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	return Of(err).Code
}
