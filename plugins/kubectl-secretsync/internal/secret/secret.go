package secret

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// Meta is the part of an object's metadata that matters here.
type Meta struct {
	Name              string                `json:"name"`
	Namespace         string                `json:"namespace"`
	UID               string                `json:"uid"`
	ResourceVersion   string                `json:"resourceVersion"`
	CreationTimestamp string                `json:"creationTimestamp"`
	DeletionTimestamp *time.Time            `json:"deletionTimestamp"`
	Labels            map[string]string     `json:"labels"`
	Annotations       map[string]string     `json:"annotations"`
	Finalizers        Array[string]         `json:"finalizers"`
	OwnerReferences   Array[OwnerReference] `json:"ownerReferences"`
	ManagedFields     Array[ManagedFields]  `json:"managedFields"`
}

// OwnerReference names an owner.
type OwnerReference struct {
	APIVersion         string `json:"apiVersion"`
	Kind               string `json:"kind"`
	Name               string `json:"name"`
	UID                string `json:"uid"`
	Controller         *bool  `json:"controller,omitempty"`
	BlockOwnerDeletion *bool  `json:"blockOwnerDeletion,omitempty"`
}

// Secret is a Secret with its values.
type Secret struct {
	Meta      Meta
	Type      string
	Immutable bool
	Data      map[string]Value
}

// wire is how the API writes a Secret.
type wire struct {
	Kind      string           `json:"kind"`
	Metadata  Meta             `json:"metadata"`
	Type      string           `json:"type"`
	Immutable bool             `json:"immutable"`
	Data      map[string]Value `json:"data"`
}

func (w wire) secret() Secret {
	return Secret{Meta: w.Metadata, Type: TypeOrDefault(w.Type), Immutable: w.Immutable, Data: w.Data}
}

// ErrNotSecret says that an answer is no Secret. Decoders' own words could
// quote what they read, and are not passed on.
var ErrNotSecret = errors.New("the answer is not a Secret")

// Decode reads a Secret from the API's JSON.
func Decode(text []byte) (Secret, error) {
	var read wire
	if err := unmarshal(text, &read); err != nil {
		return Secret{}, err
	}
	if read.Metadata.Name == "" {
		return Secret{}, ErrNotSecret
	}
	return read.secret(), nil
}

// DecodeList reads a page of Secrets, and the token of the next.
func DecodeList(text []byte) (page []Secret, next string, err error) {
	items, next, err := decodePage[wire](text, "SecretList")
	for _, item := range items {
		if item.Metadata.Name == "" {
			return nil, "", ErrNotSecret
		}
		page = append(page, item.secret())
	}
	return page, next, err
}

// DecodeMetaList reads a page of objects' metadata, and the token of the next.
func DecodeMetaList(text []byte) (page []Meta, next string, err error) {
	type object struct {
		Metadata Meta `json:"metadata"`
	}
	items, next, err := decodePage[object](text, "PartialObjectMetadataList")
	for _, item := range items {
		if item.Metadata.Name == "" {
			return nil, "", ErrNotSecret
		}
		page = append(page, item.Metadata)
	}
	return page, next, err
}

// decodePage insists on the kind: an answer without one is not a list of
// nothing.
func decodePage[T any](text []byte, kind string) (items []T, next string, err error) {
	var read struct {
		Kind     string `json:"kind"`
		Metadata struct {
			Continue string `json:"continue"`
		} `json:"metadata"`
		Items Array[T] `json:"items"`
	}
	if err := unmarshal(text, &read); err != nil {
		return nil, "", err
	}
	if read.Kind != kind {
		return nil, "", ErrNotSecret
	}
	return read.Items, read.Metadata.Continue, nil
}

// Snapshot is a target as it was read: of its values only fingerprints are
// kept, however large it is.
type Snapshot struct {
	Meta      Meta
	Type      string
	Immutable bool
	Data      map[string]Fingerprint
}

// DecodeSnapshot reads a Secret and forgets its values.
func (f *Fingerprinter) DecodeSnapshot(text []byte) (*Snapshot, error) {
	var read struct {
		Metadata  Meta              `json:"metadata"`
		Type      string            `json:"type"`
		Immutable bool              `json:"immutable"`
		Data      map[string][]byte `json:"data"`
	}
	if err := unmarshal(text, &read); err != nil {
		return nil, err
	}
	if read.Metadata.Name == "" {
		return nil, ErrNotSecret
	}
	s := &Snapshot{Meta: read.Metadata, Type: TypeOrDefault(read.Type), Immutable: read.Immutable, Data: map[string]Fingerprint{}}
	for key, raw := range read.Data {
		s.Data[key] = f.Of(raw)
	}
	return s, nil
}

// DecodeMeta reads an object's metadata alone.
func DecodeMeta(text []byte) (Meta, error) {
	var read struct {
		Metadata Meta `json:"metadata"`
	}
	if err := unmarshal(text, &read); err != nil {
		return Meta{}, err
	}
	if read.Metadata.Name == "" {
		return Meta{}, ErrNotSecret
	}
	return read.Metadata, nil
}

// Keys returns the keys, sorted.
func Keys[V any](data map[string]V) []string { return slices.Sorted(maps.Keys(data)) }
