package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// shape is the declared type of a response. A response of another type has no
// items, and must not be read as an empty list.
type shape struct {
	kind  string
	items bool
}

// check returns an error unless the response is a list. A Table, for
// example, holds cells for printing.
func (s shape) check() error {
	switch {
	case s.kind != "" && !strings.HasSuffix(s.kind, "List"):
		return fmt.Errorf("%w: it is of kind %q", errList, s.kind)
	case !s.items:
		return fmt.Errorf("%w: it has no items", errList)
	default:
		return nil
	}
}

// text returns the next value, which must be a string.
func (s *scanner) text() (string, error) {
	value, err := s.value()
	if err != nil {
		return "", err
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return "", fmt.Errorf("%w: kind: %w", errList, err)
	}
	return text, nil
}

// errObject says that a response is no object as the API server writes them.
var errObject = errors.New("not a Kubernetes object: it has no name")

// errRepeats is of a server that would be asked for ever.
var errRepeats = errors.New("the server repeats a continue token, so that the list has no end")

// tokens are the continue tokens of one list.
type tokens map[string]bool

// use notes a token that is about to be sent; the empty one asks for the first
// page.
func (t tokens) use(token string) error {
	if t[token] {
		return errRepeats
	}
	t[token] = true
	return nil
}
