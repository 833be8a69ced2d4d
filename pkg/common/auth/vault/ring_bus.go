//go:build linux || freebsd || netbsd || openbsd

package vault

import (
	"context"
	"errors"
	"os"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Get reads an item.
func (s System) Get(name string) (string, error) {
	var text string
	err := s.bounded(func(ctx context.Context, ring secretservice.Client) (err error) {
		text, err = ring.Get(ctx, item(name))
		return err
	})
	return text, err
}

// Set writes an item.
func (s System) Set(name, text string) error {
	return s.bounded(func(ctx context.Context, ring secretservice.Client) error { return ring.Set(ctx, item(name), text) })
}

// Delete removes an item.
func (s System) Delete(name string) error {
	return s.bounded(func(ctx context.Context, ring secretservice.Client) error { return ring.Delete(ctx, item(name)) })
}

func item(name string) secretservice.Item {
	return secretservice.Item{Service: service, Username: name}
}

// bounded calls the keyring on the user's session bus, for at most patience.
func (s System) bounded(call func(context.Context, secretservice.Client) error) error {
	dirs := s.runtimeDirs
	if dirs == "" {
		dirs = secretservice.RuntimeDirs
	}
	bus, err := secretservice.Choose(dirs, os.Geteuid(), s.Bus)
	if err != nil {
		return noBus(err)
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, tooSlow())
	defer cancel()
	err = call(ctx, secretservice.Client{Bus: bus})
	switch {
	case errors.Is(err, secretservice.ErrNoItem):
		return ErrNone
	case errors.Is(err, secretservice.ErrForeignBus):
		return noBus(err)
	}
	return unusable(err)
}

// noBus is the error for want of a session bus, which nobody can unlock.
func noBus(err error) error {
	return failure.New(failure.Unable, "log in to this machine as this user, or keep the secret in a file: kubectl datum-creds login --storage encrypted-file",
		"the system's keyring: %w", err)
}
