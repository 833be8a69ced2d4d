package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

type wireSecret struct {
	Secret string `json:"secret"`
}

// Secret reads the session's long-lived secret from its file. fs.ErrNotExist
// says that there is none.
func (p Place) Secret() (secret.Text, error) {
	var wire wireSecret
	if err := p.read(secretFile, &wire); err != nil {
		return secret.Text{}, err
	}
	return secret.New(wire.Secret), nil
}

// SaveSecret writes the session's long-lived secret to its file.
func (p Place) SaveSecret(s secret.Text) error {
	return p.write(secretFile, wireSecret{s.Reveal()})
}

// RemoveSecret removes the file with the secret.
func (p Place) RemoveSecret() error {
	if err := os.Remove(filepath.Join(p.dir, secretFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
