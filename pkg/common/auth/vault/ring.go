package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
)

// Ring is a keyring: small texts under names.
type Ring interface {
	Get(name string) (string, error) // ErrNone when there is none
	Set(name, text string) error
	Delete(name string) error // ErrNone when there is none
}

// service is what our items are filed under in the system's keyring.
const service = "kubectl-datum-creds"

// patience bounds a keyring call: it may wait for a dialog that nobody sees.
const patience = 10 * time.Second

// errSlow says that it is not known what became of a call.
var errSlow = errors.New("no answer")

// System is the operating system's keyring.
type System struct{ Bus string }

// Get reads an item.
func (System) Get(name string) (string, error) {
	return bounded(func() (string, error) { return keyring.Get(service, name) })
}

// Set writes an item.
func (System) Set(name, text string) error {
	_, err := bounded(func() (string, error) { return "", keyring.Set(service, name, text) })
	return err
}

// Delete removes an item.
func (System) Delete(name string) error {
	_, err := bounded(func() (string, error) { return "", keyring.Delete(service, name) })
	return err
}

func bounded(call func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := call()
		done <- result{text, err}
	}()
	select {
	case got := <-done:
		if errors.Is(got.err, keyring.ErrNotFound) {
			return "", ErrNone
		}
		return got.text, unusable(got.err)
	case <-time.After(patience):
		return "", unusable(fmt.Errorf("%w within %s; is it locked?", errSlow, patience))
	}
}

func unusable(err error) error {
	if err == nil {
		return nil
	}
	return problem.New(problem.Unable, "unlock the keyring, or see: kubectl datum-creds doctor", "the system's keyring: %w", err)
}

// Probe tells whether a keyring works, by writing, reading and removing an
// item of its own.
func Probe(ring Ring) error {
	// A name of its own: two logins at once would remove each other's item.
	name, text := "probe/"+rand.Text()[:8], "works"
	if err := ring.Set(name, text); err != nil {
		return err
	}
	got, err := ring.Get(name)
	if err == nil && got != text {
		err = errors.New("the system's keyring: it gave back something else than was put in")
	}
	return errors.Join(err, ring.Delete(name))
}
