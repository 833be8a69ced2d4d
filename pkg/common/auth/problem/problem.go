// Package problem tells the kinds of failure of signing in apart, so that a
// command can choose an exit code and a way out without reading texts.
package problem

import (
	"errors"
	"fmt"
)

// Kind is a kind of failure.
type Kind string

// The kinds.
const (
	// BadInput: a flag, file or variable makes no sense.
	BadInput Kind = "bad-input"
	// Unable: the server, the network or the disk did not do it; trying again
	// later may help.
	Unable Kind = "unable"
	// Refused: a safety rule stopped it.
	Refused Kind = "refused"
	// LoginNeeded: only a new login helps.
	LoginNeeded Kind = "login-needed"
)

// Error is a failure of a kind, with what would help.
type Error struct {
	Kind Kind
	Err  error
	// Hint is one line that names the command or setting that helps, or empty.
	Hint string
	// Unexplained is true if a server refused without giving a reason, as some do
	// where a refresh token was used before or has ended.
	Unexplained bool
}

// Error returns what happened.
func (p *Error) Error() string { return p.Err.Error() }

// Unwrap returns what happened.
func (p *Error) Unwrap() error { return p.Err }

// HintLine returns what would help.
func (p *Error) HintLine() string { return p.Hint }

// ExitCode returns the exit code of the kind; the codes are those of
// pkg/common/cli, which this package must not link.
func (p *Error) ExitCode() int {
	switch p.Kind {
	case BadInput:
		return 2
	case Refused:
		return 5
	case LoginNeeded:
		return 6
	default:
		return 4
	}
}

// New makes a problem; the text may wrap an error with %w.
func New(kind Kind, hint, format string, args ...any) error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...), Hint: hint}
}

// KindOf returns the kind of an error. An error without one is Unable.
func KindOf(err error) Kind {
	var p *Error
	if errors.As(err, &p) {
		return p.Kind
	}
	return Unable
}
