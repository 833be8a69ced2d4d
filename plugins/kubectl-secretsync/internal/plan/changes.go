package plan

import (
	"maps"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// KeyChange is what becomes of one key of the data.
type KeyChange struct {
	Key string
	// Change is added, removed or changed.
	Change string
	// From and To are sizes in bytes.
	From, To int
}

// The kinds of a KeyChange.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Changes are what a target would have to change. Of metadata only the keys are
// named: their values may be anybody's.
type Changes struct {
	Keys        []KeyChange
	Labels      []string
	Annotations []string
	// FromType is the type that the target has, where it differs.
	FromType, ToType string
}

// Empty tells that nothing would change.
func (c Changes) Empty() bool {
	return !c.Data() && len(c.Labels) == 0 && len(c.Annotations) == 0 && c.FromType == ""
}

// onlyPlans tells that all there is to change is which plans make the copy.
func (c Changes) onlyPlans() bool {
	return !c.Data() && len(c.Labels) == 0 && c.FromType == "" && slices.Equal(c.Annotations, []string{secret.AnnotationPlans})
}

// Data tells that some value would change.
func (c Changes) Data() bool { return len(c.Keys) > 0 }

// added is all of the content.
func added(content *secret.Content) Changes {
	var c Changes
	for _, key := range secret.Keys(content.Data) {
		c.Keys = append(c.Keys, KeyChange{Key: key, Change: Added, To: content.Data[key].Size()})
	}
	return c
}

// compare says what the object lacks of the content.
func (o Options) compare(content *secret.Content, object *secret.Snapshot) Changes {
	c := Changes{
		Keys:        o.keyChanges(content, object),
		Labels:      lacks(object.Meta.Labels, content.Labels),
		Annotations: lacks(object.Meta.Annotations, content.AnnotationsAt(object.Meta.Namespace, object.Meta.Name)),
	}
	if !o.Looks && content.Joins(object.Meta) {
		c.Annotations = append(c.Annotations, secret.AnnotationPlans)
	}
	if object.Type != content.Type {
		c.FromType, c.ToType = object.Type, content.Type
	}
	return c
}

func (o Options) keyChanges(content *secret.Content, object *secret.Snapshot) (changes []KeyChange) {
	for key, want := range content.Prints {
		has, ok := object.Data[key]
		switch {
		case !ok:
			changes = append(changes, KeyChange{Key: key, Change: Added, To: want.Size})
		case has != want:
			changes = append(changes, KeyChange{Key: key, Change: Changed, From: has.Size, To: want.Size})
		}
	}
	var written []string
	if object.Meta.CopyOf(content.Origin) {
		written = object.Meta.WrittenKeys()
	}
	for key, has := range object.Data {
		_, wanted := content.Prints[key]
		if !wanted && (o.Mode == Exact || slices.Contains(written, key)) {
			changes = append(changes, KeyChange{Key: key, Change: Removed, From: has.Size})
		}
	}
	slices.SortFunc(changes, func(a, b KeyChange) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return changes
}

// lacks returns the keys of want that have does not have with the same value.
func lacks(have, want map[string]string) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if value, ok := have[key]; !ok || value != want[key] {
			keys = append(keys, key)
		}
	}
	return keys
}
