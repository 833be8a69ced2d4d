package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// Store is a folder of packed artifacts and the address it is served under.
// Any process that can write the folder can add to it.
type Store struct {
	// Dir is the folder.
	Dir string `json:"dir"`
	// URL is the address of the folder, without a slash at the end.
	URL string `json:"url"`
}

// Stored is an artifact that has been put into a store.
type Stored struct {
	// Path is where it is below the store, with slashes.
	Path string
	// URL is its address.
	URL string
	// Digest is "sha256:" and the hash of its bytes.
	Digest string
	// Size is its size in bytes.
	Size int64
}

// Put packs a folder under a name like ocirepository/flux-system/activity.
// The digest is part of the path, so that older ones stay as they are.
func (s Store) Put(name string, from fs.FS) (Stored, error) {
	var packed bytes.Buffer
	if err := Pack(&packed, from); err != nil {
		return Stored{}, err
	}
	hash := sha256.Sum256(packed.Bytes())
	digest := hex.EncodeToString(hash[:])
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return Stored{}, fmt.Errorf("store artifact %q: not a relative path", name)
	}
	at := path.Join(strings.ToLower(name), digest+".tar.gz")
	file := filepath.Join(s.Dir, filepath.FromSlash(at))
	if err := private.Dir(filepath.Dir(file)); err != nil {
		return Stored{}, fmt.Errorf("store artifact: %w", err)
	}
	if err := private.WriteFile(file, packed.Bytes()); err != nil {
		return Stored{}, fmt.Errorf("store artifact: %w", err)
	}
	return Stored{Path: at, URL: s.URL + "/" + at, Digest: "sha256:" + digest, Size: int64(packed.Len())}, nil
}
