package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"

	"sigs.k8s.io/yaml"
)

// MaxManifests bounds what is read of manifests, in bytes.
const MaxManifests = 64 << 20

// ErrNoManifest says that there is no Secret in what was read.
var ErrNoManifest = errors.New("no Secret in it")

var lineOf = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line \d+`) })

// Manifests reads Secrets from YAML or JSON: any number of documents, Lists
// too. Errors never quote what was read.
func Manifests(r io.Reader) ([]Secret, error) {
	limited := &io.LimitedReader{R: r, N: MaxManifests + 1}
	text, err := io.ReadAll(limited)
	if err != nil {
		return nil, err
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("larger than %d MiB", MaxManifests>>20)
	}
	var found []Secret
	for n, document := range documents(text) {
		secrets, err := manifest(document)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", n+1, err)
		}
		found = append(found, secrets...)
	}
	if len(found) == 0 {
		return nil, ErrNoManifest
	}
	return found, nil
}

var separator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^---(?:[ \t].*)?\r?$`) })

// documents splits the text; empty documents and those of comments are kept,
// for errors to count right.
func documents(text []byte) [][]byte {
	var parts [][]byte
	at := 0
	for _, found := range separator().FindAllIndex(text, -1) {
		parts = append(parts, text[at:found[0]])
		// What stands behind the dashes belongs to the document.
		at = found[0] + len("---")
	}
	parts = append(parts, text[at:])
	if len(bytes.TrimSpace(parts[0])) == 0 {
		parts = parts[1:]
	}
	return parts
}

// written is a manifest.
type written struct {
	wire
	APIVersion string            `json:"apiVersion"`
	StringData map[string]string `json:"stringData"`
	Items      []json.RawMessage `json:"items"`
}

func manifest(document []byte) ([]Secret, error) {
	text, err := yaml.YAMLToJSON(document)
	if err != nil {
		return nil, unreadable(err)
	}
	if string(text) == "null" {
		return nil, nil
	}
	return fromJSON(text, 0)
}

func unreadable(err error) error {
	if line := lineOf().FindString(err.Error()); line != "" {
		return errors.New("not YAML that can be read, see " + line)
	}
	return errors.New("not a Secret manifest that can be read")
}

// maxNesting is how deep Lists may lie in Lists.
const maxNesting = 2

func fromJSON(text []byte, depth int) ([]Secret, error) {
	var read written
	if json.Unmarshal(text, &read) != nil {
		return nil, unreadable(ErrNotSecret)
	}
	switch {
	case read.APIVersion == "v1" && (read.Kind == "List" || read.Kind == "SecretList") && depth < maxNesting:
		return fromList(read.Items, depth)
	case read.APIVersion != "v1" || read.Kind != "Secret":
		return nil, fmt.Errorf("%q of %q, want a Secret of v1", read.Kind, read.APIVersion)
	case read.Metadata.Name == "":
		return nil, errors.New("a Secret without a name")
	}
	s := read.secret()
	if s.Data == nil {
		s.Data = map[string]Value{}
	}
	for key, value := range read.StringData {
		s.Data[key] = NewValue([]byte(value))
	}
	return []Secret{s}, nil
}

func fromList(items []json.RawMessage, depth int) (found []Secret, err error) {
	for i, item := range items {
		secrets, err := fromJSON(item, depth+1)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		found = append(found, secrets...)
	}
	return found, nil
}
