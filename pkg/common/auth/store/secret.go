package store

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"

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
func (p Place) RemoveSecret() error { return p.remove(secretFile) }

// Sealed reads the file with the encrypted secret. fs.ErrNotExist says that
// there is none.
func (p Place) Sealed() ([]byte, error) {
	var content json.RawMessage
	err := p.read(sealedFile, &content)
	return content, err
}

// SaveSealed writes the encrypted secret, which is JSON, to its file.
func (p Place) SaveSealed(content []byte) error { return p.write(sealedFile, json.RawMessage(content)) }

// RemoveSealed removes the file with the encrypted secret.
func (p Place) RemoveSealed() error { return p.remove(sealedFile) }

func (p Place) remove(name string) error {
	path, err := p.path(name)
	if err == nil {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
