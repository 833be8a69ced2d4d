package secret

import (
	"bytes"
	"encoding/json"
	"errors"
)

// maxElements is how many elements of an array are read: ten times those of a page
// that is asked for.
const maxElements = 500

// elementWeight is about what an empty element takes in memory, in bytes.
const elementWeight = 80

// ErrTooMany says that an answer goes on for longer than any that is read.
var ErrTooMany = errors.New("the list is longer than is read")

// Array is a JSON array of at most maxElements elements.
type Array[T any] []T

// UnmarshalJSON reads element after element; ErrTooMany is said of one too many
// before it is decoded.
func (a *Array[T]) UnmarshalJSON(text []byte) error {
	*a = nil
	decoder := json.NewDecoder(bytes.NewReader(text))
	begin, err := decoder.Token()
	if begin == nil {
		return err
	}
	if begin != json.Delim('[') {
		return ErrNotSecret
	}
	for decoder.More() {
		if len(*a) == maxElements {
			return ErrTooMany
		}
		var element T
		if err := decoder.Decode(&element); err != nil {
			return err
		}
		*a = append(*a, element)
	}
	return nil
}

// Weight is about how much memory the elements of the arrays take, in bytes: the text
// of empty ones is much smaller.
func (m Meta) Weight() int64 {
	return elementWeight * int64(len(m.OwnerReferences)+len(m.ManagedFields)+len(m.Finalizers))
}

// unmarshal is json.Unmarshal, but for decoders' own words: they could quote what
// they read.
func unmarshal(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if err == nil || errors.Is(err, ErrTooMany) {
		return err
	}
	return ErrNotSecret
}
