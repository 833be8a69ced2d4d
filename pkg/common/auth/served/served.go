// Package served remembers which process was given which token. A Kubernetes
// client keeps a token until it ends or a server refuses it with a 401, and
// cannot tell its helper of the latter: that the same process asks again while
// the token is fresh is the only sign.
package served

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Asker is a process and what it asks for.
type Asker struct{ key [sha256.Size]byte }

// By returns the asker: the process with the id, and all that tells its
// questions apart, since one process may use several clusters.
func By(pid int, question ...string) Asker {
	h := sha256.New()
	fmt.Fprintf(h, "%d\x00%s", pid, startOf(pid))
	for _, part := range question {
		fmt.Fprintf(h, "\x00%d\x00%s", len(part), part)
	}
	var a Asker
	h.Sum(a.key[:0])
	return a
}

// The notes are in 256 small files, written over by whoever comes later: they
// need no clearing away, and a lost one only costs a client one more 401.
func (a Asker) path(home store.Home) string {
	return filepath.Join(home.Dir(), "served", hex.EncodeToString(a.key[:1]))
}

// line is the note of a fixed length: who, and which token, by their digests.
func (a Asker) line(token secret.Text) []byte {
	digest := token.Digest()
	return fmt.Appendf(nil, "%x %x\n", a.key[1:17], digest[:16])
}

// Had reports whether the asker was given this very token before.
func (a Asker) Had(home store.Home, token secret.Text) bool {
	note, err := private.Read(a.path(home))
	return err == nil && bytes.Equal(note, a.line(token))
}

// Note remembers that the asker was given the token. Where it cannot, the
// next 401 is just not noticed.
func (a Asker) Note(home store.Home, token secret.Text) {
	path := a.path(home)
	line := a.line(token)
	err := private.WriteOver(path, line)
	if errors.Is(err, fs.ErrNotExist) && private.MakeDir(filepath.Dir(path)) == nil {
		_ = private.WriteOver(path, line)
	}
}
