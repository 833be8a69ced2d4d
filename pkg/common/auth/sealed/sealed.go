// Package sealed encrypts a session's secret under a passphrase: PBKDF2
// (RFC 8018) with HMAC-SHA-256 makes the key, AES-256-GCM the box. Both are of
// the standard library.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// What a box of version 1 is made with.
const (
	version  = 1
	kdf      = "pbkdf2-hmac-sha256"
	method   = "aes-256-gcm"
	keySize  = 32
	saltSize = 16
	// iterations is what OWASP's Password Storage Cheat Sheet asks of PBKDF2
	// with HMAC-SHA-256.
	iterations = 600_000
	// maxIterations bounds what a file can make this machine compute: about a
	// second. It leaves room for a later version of this program to ask for more.
	maxIterations = 4 * iterations
	// MinPassphrase is how many bytes a new passphrase must have: the file can
	// be tried offline by whoever copies it.
	MinPassphrase = 12
)

// The failures.
var (
	// ErrDamaged says that it is no box of ours.
	ErrDamaged = errors.New("not an encrypted file that login wrote, or damaged")
	// ErrWrong says that the box does not open. The cipher cannot tell why.
	ErrWrong = errors.New("it is another passphrase, or the file was changed")
	// ErrShort says that a passphrase would be found by trying.
	ErrShort = fmt.Errorf("a new passphrase needs at least %d characters", MinPassphrase)
)

// Box is an encrypted secret, as it is stored.
type Box struct {
	Version    int    `json:"version"`
	KDF        string `json:"kdf"`
	Iterations int    `json:"iterations"`
	Salt       []byte `json:"salt"`
	Cipher     string `json:"cipher"`
	// Content is the nonce, the encrypted secret, and the tag.
	Content []byte `json:"content"`
}

// Parse reads a stored box. Its parameters are bounded before anything is
// computed with them.
func Parse(content []byte) (Box, error) {
	var b Box
	if err := json.Unmarshal(content, &b); err != nil {
		return Box{}, ErrDamaged
	}
	switch {
	case b.Version != version || b.KDF != kdf || b.Cipher != method:
		return Box{}, fmt.Errorf("%w: want version %d with %s and %s", ErrDamaged, version, kdf, method)
	case b.Iterations < iterations || b.Iterations > maxIterations:
		return Box{}, fmt.Errorf("%w: want %d to %d iterations", ErrDamaged, iterations, maxIterations)
	case len(b.Salt) != saltSize:
		return Box{}, fmt.Errorf("%w: want a salt of %d bytes", ErrDamaged, saltSize)
	}
	return b, nil
}

// Key opens boxes. The passphrase cannot be had from it.
type Key struct {
	key        secret.Text
	salt       []byte
	iterations int
}

// NewKey makes a key of a new passphrase.
func NewKey(passphrase secret.Text) (Key, error) {
	if len(passphrase.Reveal()) < MinPassphrase {
		return Key{}, ErrShort
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	return derive(passphrase, salt, iterations)
}

// Key makes the key of the box. It takes a good part of a second, on purpose.
func (b Box) Key(passphrase secret.Text) (Key, error) {
	return derive(passphrase, b.Salt, b.Iterations)
}

// Given returns the key of the box that another process made; see Key.Secret.
func (b Box) Given(key secret.Text) Key { return Key{key, b.Salt, b.Iterations} }

func derive(passphrase secret.Text, salt []byte, rounds int) (Key, error) {
	key, err := pbkdf2.Key(sha256.New, passphrase.Reveal(), salt, rounds, keySize)
	return Key{secret.New(string(key)), salt, rounds}, err
}

// Secret is the key itself, to hand to another process of the user's.
func (k Key) Secret() secret.Text { return k.key }

// Seal encrypts the secret of a session.
func (k Key) Seal(name string, s secret.Text) ([]byte, error) {
	b := Box{Version: version, KDF: kdf, Iterations: k.iterations, Salt: k.salt, Cipher: method}
	box, err := k.cipher()
	if err != nil {
		return nil, err
	}
	b.Content = box.Seal(nil, nil, []byte(s.Reveal()), b.bound(name)) //nolint:gosec // the cipher takes a nonce of its own
	return json.Marshal(b)
}

// Open decrypts the secret of a session. The box of another session does not
// open, nor one whose parameters were changed.
func (b Box) Open(k Key, name string) (secret.Text, error) {
	box, err := k.cipher()
	if err != nil {
		return secret.Text{}, err
	}
	plain, err := box.Open(nil, nil, b.Content, b.bound(name))
	if err != nil {
		return secret.Text{}, ErrWrong
	}
	return secret.New(string(plain)), nil
}

// cipher takes its own nonce of 96 random bits for each box.
func (k Key) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher([]byte(k.key.Reveal()))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound is what the tag covers beside the secret.
func (b Box) bound(name string) []byte {
	return fmt.Appendf(nil, "datum-creds\x00%d\x00%s\x00%d\x00%x\x00%s\x00%s", b.Version, b.KDF, b.Iterations, b.Salt, b.Cipher, name)
}
