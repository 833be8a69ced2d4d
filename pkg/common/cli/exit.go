// Package cli is what every plugin's front door shares: the main loop, exit
// codes, the one place that prints an error, and the version command.
package cli

import (
	"errors"
)

// Code is a process exit code. The codes mean the same in every plugin.
type Code int

// The exit codes, as every --help lists them.
const (
	// OK: done, nothing found.
	OK Code = 0
	// Found: done, and found something: differences, cycles, drift, not ready.
	Found Code = 1
	// BadUse: wrong use or bad input: flags, manifests, kubeconfig.
	BadUse Code = 2
	// SomeFailed: some targets failed, others were done.
	SomeFailed Code = 3
	// Failed: could not do it: server, network, permission.
	Failed Code = 4
	// Refused: a safety rule stopped it.
	Refused Code = 5
	// LoginNeeded: a login is needed first.
	LoginNeeded Code = 6
	// Interrupted: stopped by Ctrl-C or a signal.
	Interrupted Code = 130
)

// ExitCodesHelp is the paragraph that every command's help ends with.
const ExitCodesHelp = `Exit codes: 0 done, nothing found; 1 found something; 2 wrong use or bad input;
3 some targets failed; 4 could not do it (server, network, permission);
5 refused by a safety rule; 6 login needed; 130 interrupted.`

// Error is an error that knows its exit code and what would help.
type Error struct {
	Code Code
	// Err is what happened; nil where the output has said it all already.
	Err error
	// Hint is one line that names the command or flag that helps.
	Hint string
}

// Error returns the text of what happened.
func (e *Error) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns what happened.
func (e *Error) Unwrap() error { return e.Err }

// Fail marks err with an exit code and, where there is one, a hint.
func Fail(code Code, err error, hint string) error {
	return &Error{Code: code, Err: err, Hint: hint}
}

// Use marks err as wrong use.
func Use(err error) error { return Fail(BadUse, err, "") }

// FoundSomething ends a command with code Found and no further words.
func FoundSomething() error { return &Error{Code: Found} }

// coded is an error of a package that must not link this one, and knows its
// exit code and hint all the same.
type coded interface {
	ExitCode() int
	HintLine() string
}

// describe maps an error to its exit code and hint. An error that says neither
// is a failure to do the work.
func describe(err error) (Code, string) {
	var known *Error
	if errors.As(err, &known) {
		return known.Code, known.Hint
	}
	var other coded
	if errors.As(err, &other) {
		return Code(other.ExitCode()), other.HintLine()
	}
	return Failed, ""
}

// WrapUse marks err as wrong use unless it knows better itself; nil stays nil.
func WrapUse(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return Use(err)
}
