package plan

import (
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// KeyChange is what becomes of one key of the data.
type KeyChange struct {
	Key string
	// Change is added, removed, changed or kept.
	Change string
	// From and To are sizes in bytes.
	From, To int
	// Managers are others who hold the key: it is taken from them, or kept for
	// them.
	Managers string
}

// The kinds of a KeyChange.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	// Kept is a key of others that a deletion leaves.
	Kept = "kept"
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

// Empty reports whether nothing would change.
func (c Changes) Empty() bool {
	return !c.Data() && len(c.Labels) == 0 && len(c.Annotations) == 0 && c.FromType == ""
}

// records are annotations in which a copy keeps account of itself. They alone are
// no drift, and worth no failure where they may not be written.
func records() []string {
	return []string{secret.AnnotationPlans, secret.AnnotationCluster, secret.AnnotationUID, secret.AnnotationMetadata}
}

// onlyRecords reports whether all there is to change is what a copy records of itself.
func (c Changes) onlyRecords() bool {
	return !c.Data() && len(c.Labels) == 0 && c.FromType == "" &&
		!slices.ContainsFunc(c.Annotations, func(key string) bool { return !slices.Contains(records(), key) })
}

// has reports whether the annotation is to change.
func (c Changes) has(annotation string) bool { return slices.Contains(c.Annotations, annotation) }

// only reports whether this annotation is all there is to change.
func (c Changes) only(annotation string) bool {
	return c.onlyRecords() && slices.Equal(c.Annotations, []string{annotation})
}

// Data reports whether some value would change.
func (c Changes) Data() bool {
	return slices.ContainsFunc(c.Keys, func(k KeyChange) bool { return k.Change != Kept })
}

// fields are the fields that would get another value.
func (c Changes) fields() secret.FieldSet {
	set := secret.FieldSet{}
	for _, key := range c.Keys {
		set[secret.Field{Kind: secret.DataField, Key: key.Key}] = true
	}
	for _, key := range c.Labels {
		set[secret.Field{Kind: secret.LabelField, Key: key}] = true
	}
	for _, key := range c.Annotations {
		set[secret.Field{Kind: secret.AnnotationField, Key: key}] = true
	}
	if c.FromType != "" {
		set[secret.Field{Kind: secret.TypeField}] = true
	}
	return set
}

// added is all of the content.
func added(content *secret.Content) Changes {
	var c Changes
	for _, key := range secret.Keys(content.Data) {
		c.Keys = append(c.Keys, KeyChange{Key: key, Change: Added, To: content.Data[key].Size()})
	}
	return c
}

// comparison is what an object lacks of a content, and what it takes to change that.
type comparison struct {
	o       Options
	content *secret.Content
	object  *secret.Snapshot
	holds   owner.Fields
	ours    bool

	changes Changes
	work    Work
	clashes []clash
	// edited are fields that somebody has edited to what they are to be.
	edited secret.FieldSet
}

// compare says what the object lacks of the content.
func (o Options) compare(content *secret.Content, object *secret.Snapshot) *comparison {
	meta := object.Meta
	sent := content.Fields(&meta, meta.Namespace, meta.Name)
	c := &comparison{o: o, content: content, object: object, holds: owner.Of(object, sent), ours: meta.Ours()}
	c.edited = secret.FieldSet{}
	c.work = Work{Shared: secret.FieldSet{}, Stale: secret.FieldSet{}}
	if object.Type != content.Type {
		c.changes.FromType, c.changes.ToType = object.Type, content.Type
	}
	c.keys()
	c.texts(secret.LabelField, meta.Labels, content.Labels, &c.changes.Labels)
	c.texts(secret.AnnotationField, meta.Annotations, content.AnnotationsAt(meta.Namespace, meta.Name), &c.changes.Annotations)
	c.unwanted(sent)
	c.own(sent)
	slices.SortFunc(c.changes.Keys, func(a, b KeyChange) int { return strings.Compare(a.Key, b.Key) })
	return c
}

// keys compares the data with what is wanted.
func (c *comparison) keys() {
	for key, want := range c.content.Prints {
		field := secret.Field{Kind: secret.DataField, Key: key}
		has, there := c.object.Data[key]
		if c.same(field, there && has == want, there) {
			continue
		}
		change := KeyChange{Key: key, Change: Added, To: want.Size}
		if there {
			change = KeyChange{Key: key, Change: Changed, From: has.Size, To: want.Size, Managers: c.names(field)}
		}
		c.changes.Keys = append(c.changes.Keys, change)
	}
}

func (c *comparison) names(field secret.Field) string {
	return strings.Join(c.holds.Names(field), ", ")
}

// texts compares labels or annotations with those that are wanted.
func (c *comparison) texts(kind secret.FieldKind, has, want map[string]string, changed *[]string) {
	for _, key := range secret.Keys(want) {
		value, there := has[key]
		if !c.same(secret.Field{Kind: kind, Key: key}, there && value == want[key], there) {
			*changed = append(*changed, key)
		}
	}
}

// same notes who holds a wanted field, and returns equal.
func (c *comparison) same(field secret.Field, equal, there bool) bool {
	held := c.holds.Held(field)
	switch access := c.holds.Access(field); {
	case equal && c.holds.Edited(field):
		c.work.Records = true
		c.edited[field] = true
	case equal:
		c.work.Records = c.work.Records || !c.holds.Ours[field]
		if held {
			c.work.Shared[field] = true
		}
	case held, there && len(c.object.Meta.ManagedFields) == 0 && !c.ours:
		// The second is an object that the server will take for written by
		// "before-first-apply".
		c.work.Force = true
		if there && access != owner.Mine {
			c.clashes = append(c.clashes, clash{field, access, c.holds.Names(field)})
		}
	case there && access != owner.Mine:
		c.clashes = append(c.clashes, clash{field, access, nil})
	}
	return equal
}

// unwanted finds what the object has beyond what is sent: of ours it goes, of
// others it stays.
func (c *comparison) unwanted(sent secret.FieldSet) {
	for field := range owner.Present(c.object) {
		if sent[field] || kept(field) {
			continue
		}
		switch {
		case c.ours && c.holds.Removable(field):
			c.remove(field)
		case field.Kind == secret.DataField && c.o.Mode == Exact:
			c.foreignKey(field)
		case c.holds.Ours[field]:
			// It stays, and is no longer ours.
			c.work.Records = true
		}
	}
	slices.Sort(c.changes.Labels)
	slices.Sort(c.changes.Annotations)
}

// kept are annotations that only the next write changes.
func kept(field secret.Field) bool {
	return field.Kind == secret.AnnotationField && (field.Key == secret.AnnotationAdmission || field.Key == secret.AnnotationShared)
}

// foreignKey is a key of others that --mode=exact removes. One that is declared
// would come back.
func (c *comparison) foreignKey(field secret.Field) {
	if c.ours && c.holds.Access(field) == owner.Declared {
		c.clashes = append(c.clashes, clash{field, owner.Declared, c.holds.Names(field)})
	}
	c.remove(field)
}

// remove takes a field away. What we alone hold goes as soon as it is not applied.
func (c *comparison) remove(field secret.Field) {
	if !c.holds.Ours[field] || c.holds.Held(field) {
		c.work.drop(secret.FieldSet{field: true})
	}
	switch field.Kind {
	case secret.DataField:
		c.changes.Keys = append(c.changes.Keys, KeyChange{Key: field.Key, Change: Removed, From: c.object.Data[field.Key].Size, Managers: c.names(field)})
	case secret.LabelField:
		c.work.Stale[field] = true
		c.changes.Labels = append(c.changes.Labels, field.Key)
	case secret.AnnotationField:
		c.work.Stale[field] = true
		c.changes.Annotations = append(c.changes.Annotations, field.Key)
	}
}

// own adds what a copy has to record of itself, which commands that only look do
// not miss.
func (c *comparison) own(sent secret.FieldSet) {
	meta := c.object.Meta
	for field := range sent {
		c.work.Force = c.work.Force || field.Kind == secret.AnnotationField && c.holds.Held(field)
	}
	if c.o.Looks {
		c.work.Records = false
		c.changes.Annotations = slices.DeleteFunc(c.changes.Annotations, func(key string) bool { return slices.Contains(records(), key) })
		return
	}
	if c.content.Joins(meta) {
		c.changes.Annotations = append(c.changes.Annotations, secret.AnnotationPlans)
	}
	if from := c.content.Origin; from.Cluster != "" && from.UID != secret.FromManifest && meta.CopyOf(from) && meta.Annotations[secret.AnnotationCluster] != from.Cluster {
		c.changes.Annotations = append(c.changes.Annotations, secret.AnnotationCluster)
	}
	switch entries := c.holds.Entries(); {
	case c.ours && len(c.edited) > 0:
		c.work.Entries = c.holds.Taking(c.edited)
	case c.ours && entries != nil:
		c.work.Entries, c.work.Records = entries, true
	}
}

// lacks returns the keys of want that have does not have with the same value.
func lacks(have, want map[string]string) []string {
	var keys []string
	for _, key := range secret.Keys(want) {
		if value, ok := have[key]; !ok || value != want[key] {
			keys = append(keys, key)
		}
	}
	return keys
}
