// Package dist reads what a release build has left in dist/.
package dist

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Dist is a finished build.
type Dist struct {
	// Dir is its folder.
	Dir string
	// Tag is the version with its leading v, as in v1.2.3.
	Tag string
	// Commit is what it was built from; "" where the Go toolchain records none,
	// as in a linked worktree.
	Commit string
	// Archives are sorted by name.
	Archives []Archive
	// Binaries are what the archives and the image are made of.
	Binaries []Binary
	// Sums maps the name of each released file to its SHA-256 in hex.
	Sums map[string]string
}

// Archive is one archive for one platform.
type Archive struct {
	// Product is the id in .goreleaser.yaml: datum-creds, fluxdeps, …
	Product string
	// Name is the file name, Path where it is.
	Name, Path string
	OS, Arch   string
}

// Binary is one program for one platform, as it stands before packing.
type Binary struct {
	Name, Path string
	OS, Arch   string
}

// artifact is an entry of goreleaser's artifacts.json.
type artifact struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Goos   string `json:"goos"`
	Goarch string `json:"goarch"`
	Type   string `json:"type"`
	Extra  struct {
		ID string `json:"ID"`
	} `json:"extra"`
}

// Read reads a build's folder; the paths that it returns begin with dir.
func Read(dir string) (*Dist, error) {
	var artifacts []artifact
	var metadata struct {
		Version string `json:"version"`
		Commit  string `json:"commit"`
	}
	sums, err := os.ReadFile(filepath.Join(dir, "checksums.txt"))
	err = errors.Join(err, readJSON(filepath.Join(dir, "artifacts.json"), &artifacts), readJSON(filepath.Join(dir, "metadata.json"), &metadata))
	if err != nil {
		return nil, fmt.Errorf("%s is no finished build, `make release-snapshot` makes one: %w", dir, err)
	}
	d := &Dist{Dir: dir, Tag: "v" + metadata.Version, Commit: metadata.Commit}
	if info, err := os.Stat(filepath.Join(dir, "..", ".git")); err != nil || !info.IsDir() {
		d.Commit = ""
	}
	for _, a := range artifacts {
		// goreleaser records paths from where it ran.
		path := filepath.Join(dir, strings.TrimPrefix(filepath.ToSlash(a.Path), "dist/"))
		switch a.Type {
		case "Archive":
			d.Archives = append(d.Archives, Archive{a.Extra.ID, a.Name, path, a.Goos, a.Goarch})
		case "Binary":
			d.Binaries = append(d.Binaries, Binary{a.Name, path, a.Goos, a.Goarch})
		}
	}
	slices.SortFunc(d.Archives, func(a, b Archive) int { return strings.Compare(a.Name, b.Name) })
	d.Sums, err = parseSums(string(sums))
	return d, err
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// parseSums reads the format of sha256sum.
func parseSums(text string) (map[string]string, error) {
	sums := map[string]string{}
	for line := range strings.Lines(text) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || len(sum) != 64 {
			return nil, fmt.Errorf("checksums.txt: %q is not <sha256>  <file>", strings.TrimSpace(line))
		}
		sums[name] = sum
	}
	return sums, nil
}

// Of returns the archives of a product.
func (d *Dist) Of(product string) []Archive {
	var archives []Archive
	for _, a := range d.Archives {
		if a.Product == product {
			archives = append(archives, a)
		}
	}
	return archives
}

// SumOf returns the SHA-256 of the released file that an address ends in.
func (d *Dist) SumOf(address string) (string, error) {
	sum, ok := d.Sums[path.Base(address)]
	if !ok {
		return "", fmt.Errorf("no file %s was built", path.Base(address))
	}
	return sum, nil
}
