package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// chunkSize is how much of a secret goes into one item of a keyring. Windows
// takes 2560 bytes, in UTF-16, and macOS a command line of 4096.
const chunkSize = 1000

// maxChunks bounds what a head may claim: 64 000 bytes.
const maxChunks = 64

// ringVault cuts a secret into items:
//
//	ID         the head: which generation of chunks counts
//	ID/GEN/0…  the chunks of a generation
//
// A new secret gets a new generation, and the head is switched when that is
// complete, so that a crash leaves the old secret or the new one.
type ringVault struct {
	ring Ring
	id   string
}

type head struct {
	Generation string `json:"g"`
	Chunks     int    `json:"n"`
	// Sum tells a whole secret from a damaged one.
	Sum string `json:"s"`
}

// Load puts the chunks of the generation that counts together.
func (v ringVault) Load() (secret.Text, error) {
	h, err := v.head()
	if err != nil {
		return secret.Text{}, err
	}
	packed := ""
	for i := range h.Chunks {
		chunk, err := v.ring.Get(v.chunk(h, i))
		if err != nil {
			return secret.Text{}, fmt.Errorf("part %d of %d: %w", i+1, h.Chunks, err)
		}
		packed += chunk
	}
	plain, err := base64.RawStdEncoding.DecodeString(packed)
	if err != nil || sum(plain) != h.Sum {
		return secret.Text{}, unusable(errors.New("the session's item is damaged"))
	}
	return secret.New(string(plain)), nil
}

// Save writes a new generation, and then drops the old one.
func (v ringVault) Save(s secret.Text) error {
	old, err := v.head()
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	plain := []byte(s.Reveal())
	packed := base64.RawStdEncoding.EncodeToString(plain)
	next := head{Generation: rand.Text()[:8], Chunks: (len(packed) + chunkSize - 1) / chunkSize, Sum: sum(plain)}
	if next.Chunks > maxChunks {
		return unusable(fmt.Errorf("the secret has %d bytes, which is too much for a keyring", len(plain)))
	}
	if err := v.writeChunks(next, packed); err != nil {
		v.drop(next)
		return err
	}
	return v.switchTo(next, old)
}

// switchTo makes a generation the one that counts, and drops the other. A write
// that fails may still have landed, as one does that only took too long: the
// head is read again, and while that cannot be told both generations stay.
func (v ringVault) switchTo(next, old head) error {
	failed := v.writeHead(next)
	if failed == nil {
		v.drop(old)
		return nil
	}
	there, err := v.head()
	switch {
	case err == nil && there == next:
		v.drop(old)
		return nil
	case errors.Is(failed, errSlow): // it may yet land: what it points to must be there
	case err == nil && there == old, errors.Is(err, ErrNone) && old == head{}:
		v.drop(next)
	}
	return failed
}

func (v ringVault) writeHead(h head) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return v.ring.Set(v.id, string(text))
}

func (v ringVault) writeChunks(h head, packed string) error {
	for i := range h.Chunks {
		end := min(len(packed), (i+1)*chunkSize)
		if err := v.ring.Set(v.chunk(h, i), packed[i*chunkSize:end]); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes the head first: without it the chunks are never read.
func (v ringVault) Remove() error {
	h, err := v.head()
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.ring.Delete(v.id); err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	v.drop(h)
	return nil
}

// drop removes chunks that no head points to. What fails here only takes room.
func (v ringVault) drop(h head) {
	for i := range h.Chunks {
		_ = v.ring.Delete(v.chunk(h, i))
	}
}

func (v ringVault) head() (head, error) {
	text, err := v.ring.Get(v.id)
	if err != nil {
		return head{}, err
	}
	var h head
	if json.Unmarshal([]byte(text), &h) != nil || h.Chunks < 0 || h.Chunks > maxChunks {
		return head{}, unusable(errors.New("the session's item is damaged"))
	}
	return h, nil
}

func (v ringVault) chunk(h head, i int) string { return fmt.Sprintf("%s/%s/%d", v.id, h.Generation, i) }

func sum(plain []byte) string {
	digest := sha256.Sum256(plain)
	return hex.EncodeToString(digest[:])
}
