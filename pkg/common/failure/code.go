package failure

import "fmt"

// Code is a process exit code. The codes mean the same in every plugin. In JSON
// a code is a word.
type Code int

// The exit codes, as every --help lists them.
const (
	// OK: done, nothing found.
	OK Code = 0
	// Found: done, and found something: differences, cycles, drift, not ready.
	Found Code = 1
	// BadInput: wrong use or bad input: flags, manifests, kubeconfig, variables.
	BadInput Code = 2
	// SomeFailed: some targets failed, others were done.
	SomeFailed Code = 3
	// Unable: the server, the network, the disk or a permission did not allow it;
	// a later attempt may succeed.
	Unable Code = 4
	// Refused: a safety rule stopped it.
	Refused Code = 5
	// LoginNeeded: only a new login helps.
	LoginNeeded Code = 6
	// Interrupted: stopped by Ctrl-C or a signal.
	Interrupted Code = 130
)

// words returns each code with its word.
func words() map[Code]string {
	return map[Code]string{
		OK: "ok", Found: "found", BadInput: "bad-input", SomeFailed: "some-failed",
		Unable: "unable", Refused: "refused", LoginNeeded: "login-needed", Interrupted: "interrupted",
	}
}

// String returns the code's word, "login-needed" for example.
func (c Code) String() string {
	if word, ok := words()[c]; ok {
		return word
	}
	return fmt.Sprintf("exit-%d", int(c))
}

// MarshalText returns the code's word; it never fails.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a code's word. Any other word is Unable: a record of
// another version must not be taken for success.
func (c *Code) UnmarshalText(text []byte) error {
	*c = Unable
	for code, word := range words() {
		if word == string(text) {
			*c = code
		}
	}
	return nil
}
