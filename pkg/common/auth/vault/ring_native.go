//go:build darwin || windows

package vault

import (
	"errors"
	"time"

	"github.com/zalando/go-keyring"
)

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
		return "", unusable(tooSlow())
	}
}
