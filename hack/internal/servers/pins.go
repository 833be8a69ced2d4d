package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pins is what the module of some servers fixes.
type pins struct {
	gomod []byte
	gosum []byte
}

func readPins(dir string) (pins, error) {
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return pins{}, fmt.Errorf("read pinned versions: %w", err)
	}
	gosum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return pins{}, fmt.Errorf("read pinned versions: %w", err)
	}
	return pins{gomod: gomod, gosum: gosum}, nil
}

// version returns the version that go.mod requires of a module.
func (p pins) version(module string) (string, error) {
	for line := range strings.Lines(string(p.gomod)) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == module && strings.HasPrefix(fields[1], "v") {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("go.mod requires no version of %s", module)
}

// platform is what a binary depends on besides its source.
type platform struct {
	goVersion, goos, goarch string
}

// key names a cache folder: the version for people, the hash for everything
// that makes one build differ from another.
func (p pins) key(version string, on platform) string {
	hash := sha256.New()
	for _, part := range [][]byte{p.gomod, p.gosum, []byte(on.goVersion), []byte(on.goos), []byte(on.goarch)} {
		// The length first: no two lists of parts make the same stream.
		fmt.Fprintf(hash, "%d\n", len(part))
		hash.Write(part)
	}
	return version + "-" + hex.EncodeToString(hash.Sum(nil))[:12]
}
