// Package secret is what secretsync knows of a Secret: values that no format
// prints, the metadata that a copy has, and where a copy came from.
package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// redacted is what stands wherever a value would.
const redacted = "[redacted]"

// Value is one value of a Secret. It prints as [redacted], whatever the verb,
// and no encoder takes it: only a request's body is given its content.
type Value struct {
	raw []byte
	// quoted is what stands in JSON, made once however many targets there are.
	quoted []byte
}

// NewValue holds the bytes, which it keeps.
func NewValue(raw []byte) Value {
	quoted := make([]byte, base64.StdEncoding.EncodedLen(len(raw))+2)
	quoted[0], quoted[len(quoted)-1] = '"', '"'
	base64.StdEncoding.Encode(quoted[1:], raw)
	return Value{raw, quoted}
}

// Size is the value's length in bytes.
func (v Value) Size() int { return len(v.raw) }

// JSON is the value as it stands in a request's body: base64 in quotes. It must
// go nowhere else.
func (v Value) JSON() []byte { return v.quoted }

// Reveal returns the value's bytes. It is for what has to read inside of it: a
// kubeconfig, and the scrubber of messages.
func (v Value) Reveal() []byte { return v.raw }

// Format prints [redacted] for every verb.
func (Value) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalJSON refuses: a value in a structure that is printed is a mistake.
func (Value) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a Secret's value is not for output")
}

// UnmarshalJSON takes base64 as the API has it.
func (v *Value) UnmarshalJSON(text []byte) error {
	var raw []byte
	if err := json.Unmarshal(text, &raw); err != nil {
		return errors.New("a value is not base64")
	}
	*v = NewValue(raw)
	return nil
}

// Fingerprinter tells values apart without keeping them. Its key is made anew
// for each run and never leaves the process, so that a fingerprint tells
// nothing to anybody else.
type Fingerprinter struct{ key [sha256.Size]byte }

// NewFingerprinter returns one with a random key.
func NewFingerprinter() *Fingerprinter {
	f := &Fingerprinter{}
	// It never fails: crypto/rand ends the program instead.
	_, _ = rand.Read(f.key[:])
	return f
}

// Fingerprint stands for a value of which nothing is kept but its size.
type Fingerprint struct {
	sum  [sha256.Size]byte
	Size int
}

// Format prints [redacted] for every verb.
func (Fingerprint) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// Of returns the fingerprint of the bytes.
func (f *Fingerprinter) Of(raw []byte) Fingerprint {
	mac := hmac.New(sha256.New, f.key[:])
	mac.Write(raw)
	made := Fingerprint{Size: len(raw)}
	mac.Sum(made.sum[:0])
	return made
}
