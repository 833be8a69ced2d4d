package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errList says that a response is not a list as the API server writes them.
var errList = errors.New("not a JSON list of Kubernetes objects")

// readItems reads a Kubernetes list as it arrives and gives each item to take,
// which must not keep it. It returns the token of the next page, empty on the
// last.
//
// A list is tens of megabytes where an item is a few kilobytes, so that the
// list is only cut into items here; what they hold is checked by who decodes
// them.
func readItems(body io.Reader, take func(item []byte) error) (next string, err error) {
	s := &scanner{from: body}
	var is shape
	if err := s.expect('{'); err != nil {
		return "", err
	}
	for more := s.peek() != '}'; more; more = s.skip(',') {
		key, err := s.key()
		if err != nil {
			return "", err
		}
		switch {
		case key == "items" && s.peek() == '[':
			is.items = true
			err = s.elements(take)
		case key == "items":
			is.items = true
			_, err = s.value()
		case key == "kind":
			is.kind, err = s.text()
		case key == "metadata":
			next, err = s.continueToken()
		default:
			_, err = s.value()
		}
		if err != nil {
			return "", err
		}
	}
	if err := s.expect('}'); err != nil {
		return "", err
	}
	return next, is.check()
}

// elements gives each element of an array to take.
func (s *scanner) elements(take func([]byte) error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	for more := s.peek() != ']'; more; more = s.skip(',') {
		element, err := s.value()
		if err != nil {
			return err
		}
		if err := take(element); err != nil {
			return err
		}
	}
	return s.expect(']')
}

func (s *scanner) continueToken() (string, error) {
	value, err := s.value()
	if err != nil {
		return "", err
	}
	var metadata struct {
		Continue string `json:"continue"`
	}
	if err := json.Unmarshal(value, &metadata); err != nil {
		return "", fmt.Errorf("%w: metadata: %w", errList, err)
	}
	return metadata.Continue, nil
}

// scanner cuts JSON into values.
type scanner struct {
	from io.Reader
	// buffer[at:] has been read and not been looked at.
	buffer []byte
	at     int
	err    error
}

const scanBuffer = 64 << 10

// fill reads more, behind what is kept from the index on, which becomes 0.
func (s *scanner) fill(keep int) bool {
	if s.err != nil {
		return false
	}
	kept := copy(s.buffer, s.buffer[keep:])
	s.at -= keep
	s.buffer = s.buffer[:kept]
	if cap(s.buffer)-kept < scanBuffer/2 {
		s.buffer = append(make([]byte, 0, 2*cap(s.buffer)+scanBuffer), s.buffer...)
	}
	n := 0
	for n == 0 && s.err == nil {
		n, s.err = s.from.Read(s.buffer[kept:cap(s.buffer)])
	}
	s.buffer = s.buffer[:kept+n]
	return n > 0
}

// peek returns the next byte that is not white space, 0 where there is none.
func (s *scanner) peek() byte {
	for {
		for ; s.at < len(s.buffer); s.at++ {
			switch c := s.buffer[s.at]; c {
			case ' ', '\t', '\r', '\n':
			default:
				return c
			}
		}
		if !s.fill(s.at) {
			return 0
		}
	}
}

// skip passes over c if it is next.
func (s *scanner) skip(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) expect(c byte) error {
	if s.skip(c) {
		return nil
	}
	return s.broken()
}

// broken is why the list cannot be read on.
func (s *scanner) broken() error {
	switch {
	case s.at < len(s.buffer):
		return errList
	case errors.Is(s.err, io.EOF):
		return fmt.Errorf("%w: %w", errList, io.ErrUnexpectedEOF)
	default:
		return s.err
	}
}

// key returns a key and passes over it and the colon.
func (s *scanner) key() (string, error) {
	if s.peek() != '"' {
		return "", s.broken()
	}
	value, err := s.value()
	if err != nil {
		return "", err
	}
	var key string
	if err := json.Unmarshal(value, &key); err != nil {
		return "", fmt.Errorf("%w: %w", errList, err)
	}
	return key, s.expect(':')
}

// value returns the next value and passes over it. It is valid until the next
// call.
func (s *scanner) value() ([]byte, error) {
	if s.peek() == 0 {
		return nil, s.broken()
	}
	var cut cutter
	start := s.at
	for {
		if length := cut.end(s.buffer[s.at:]); length >= 0 {
			s.at += length
			return s.buffer[start:s.at], nil
		}
		s.at = len(s.buffer)
		if !s.fill(start) {
			return nil, s.broken()
		}
		start = 0
	}
}

// cutter finds where a value ends, over several pieces of text.
type cutter struct {
	depth             int
	inString, escaped bool
}

// end returns how much of the text belongs to the value, or -1 where it goes
// on behind the text.
func (c *cutter) end(text []byte) int {
	for i := 0; i < len(text); i++ {
		if c.inString {
			if i = c.stringEnd(text, i); i == len(text) {
				return -1
			}
			if c.depth == 0 {
				return i + 1
			}
			continue
		}
		switch text[i] {
		case '"':
			c.inString = true
		case '{', '[':
			c.depth++
		case '}', ']':
			c.depth--
			if c.depth == 0 {
				return i + 1
			}
			if c.depth < 0 { // a number or a word ends before what closes around it
				return i
			}
		case ',':
			if c.depth == 0 {
				return i
			}
		}
	}
	return -1
}

// stringEnd returns the index of the quote that ends the string which goes on
// at i, or len(text). Most of the text stands in strings, so it looks for
// bytes and not at each.
func (c *cutter) stringEnd(text []byte, i int) int {
	for i < len(text) {
		if c.escaped {
			c.escaped = false
			i++
			continue
		}
		quote := bytes.IndexByte(text[i:], '"')
		c.inString = quote < 0
		if c.inString {
			quote = len(text) - i
		}
		backslash := bytes.IndexByte(text[i:i+quote], '\\')
		if backslash < 0 {
			return i + quote
		}
		c.inString, c.escaped = true, true
		i += backslash + 1
	}
	return i
}
