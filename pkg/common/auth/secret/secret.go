// Package secret holds tokens, keys and codes in a type that does not print.
package secret

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
)

// Redacted is what a secret shows wherever it is printed.
const Redacted = "[redacted]"

// Text is a secret text. Only Reveal gives it away, so that every place that
// does is found by looking for that word.
type Text struct{ value string }

// New wraps a secret text.
func New(value string) Text { return Text{value} }

// Reveal returns the text itself.
func (t Text) Reveal() string { return t.value }

// Empty reports whether there is no secret.
func (t Text) Empty() bool { return t.value == "" }

// Digest names a secret without giving it away: to compare, never to print or
// to store beside something guessable.
func (t Text) Digest() [sha256.Size]byte { return sha256.Sum256([]byte(t.value)) }

// String returns "[redacted]".
func (t Text) String() string { return Redacted }

// GoString returns "[redacted]", for %#v.
func (t Text) GoString() string { return Redacted }

// Format prints "[redacted]" whatever the verb.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// LogValue is what structured logs show.
func (t Text) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText fails: a secret is written by the one package that stores it,
// on purpose, never because a struct around it was encoded.
func (t Text) MarshalText() ([]byte, error) {
	return nil, errors.New("a secret is not encoded")
}
