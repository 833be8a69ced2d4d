package secret

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/glob"
)

// KeyRule takes keys of the source: those that match Source, which may hold *,
// under the name Target where that is not empty.
type KeyRule struct{ Source, Target string }

// Spec says how a copy differs from its source.
type Spec struct {
	// Keys are the keys to take; none takes all.
	Keys []KeyRule
	// Type replaces the source's.
	Type string
	// Labels and Annotations are put on copies.
	Labels, Annotations map[string]string
	// CopyLabels and CopyAnnotations are patterns of those to take over.
	CopyLabels, CopyAnnotations []string
	// Plan is the ID of the plan that makes the copies, "" for none.
	Plan string
}

// Content is what a copy has to hold, wherever it goes.
type Content struct {
	Origin Origin
	Type   string
	Data   map[string]Value
	// Prints are the fingerprints of Data.
	Prints map[string]Fingerprint
	// Labels and Annotations with our marks, but for that of the place.
	Labels, Annotations map[string]string
	// Passing are the annotations that only tell of the last write.
	Passing map[string]string
	// Plan is the ID of the plan that makes the copy, "" for none.
	Plan string
}

// Content returns what a copy of the source has to hold.
func (s Spec) Content(source Secret, origin Origin, stamp Stamp, prints *Fingerprinter) (*Content, error) {
	c := &Content{
		Origin: origin, Type: source.Type, Prints: map[string]Fingerprint{},
		Labels:      pick(source.Meta.Labels, s.CopyLabels),
		Annotations: pick(source.Meta.Annotations, s.CopyAnnotations),
		Passing:     origin.passing(stamp),
		Plan:        s.Plan,
	}
	if s.Type != "" {
		c.Type = s.Type
	}
	var err error
	if c.Data, err = s.data(source.Data); err != nil {
		return c, err
	}
	for kind, texts := range map[string]map[string]string{"annotation": c.Annotations, "label": c.Labels} {
		if err := inTheClear(kind, texts, source.Data); err != nil {
			return c, err
		}
	}
	for key, value := range c.Data {
		c.Prints[key] = prints.Of(value.raw)
	}
	labels, annotations := origin.marks(Keys(c.Data))
	annotations[AnnotationMetadata] = listMetadata(union(c.labels(s), c.annotations(s)))
	if asked := askedMarks(s.Labels, s.Annotations); asked != "" {
		annotations[AnnotationMarks] = asked
	}
	for _, more := range []map[string]string{s.Labels, labels} {
		maps.Copy(c.Labels, more)
	}
	for _, more := range []map[string]string{s.Annotations, annotations} {
		maps.Copy(c.Annotations, more)
	}
	return c, nil
}

// AnnotationsAt are the annotations of the copy at a place.
func (c *Content) AnnotationsAt(namespace, name string) map[string]string {
	all := map[string]string{AnnotationPlace: namespace + "/" + name}
	maps.Copy(all, c.Annotations)
	return all
}

// WrittenOver are the annotations to write at a place where old is, which may be
// nothing. What old knows of its source's cluster stays where we do not know it:
// what an apply does not name, it removes.
func (c *Content) WrittenOver(old *Meta, namespace, name string) map[string]string {
	all := c.AnnotationsAt(namespace, name)
	maps.Copy(all, c.Passing)
	if plans := c.plans(old); plans != "" {
		all[AnnotationPlans] = plans
	}
	if c.Origin.Cluster == "" && old != nil && old.CopyOf(c.Origin) && old.Annotations[AnnotationCluster] != "" {
		all[AnnotationCluster] = old.Annotations[AnnotationCluster]
	}
	return all
}

// Changed are the fields of the copy that the server has stored otherwise than it
// was sent.
func (c *Content) Changed(stored *Snapshot, annotations map[string]string) FieldSet {
	set := FieldSet{}
	differing(set, DataField, c.Prints, stored.Data)
	differing(set, LabelField, c.Labels, stored.Meta.Labels)
	differing(set, AnnotationField, annotations, stored.Meta.Annotations)
	if stored.Type != TypeOrDefault(c.Type) {
		set[Field{Kind: TypeField}] = true
	}
	return set
}

func differing[V comparable](set FieldSet, kind FieldKind, sent, stored map[string]V) {
	for key, value := range sent {
		if got, ok := stored[key]; !ok || got != value {
			set[Field{kind, key}] = true
		}
	}
}

// minTelling is the length from which a value in metadata is no chance.
const minTelling = 8

// ErrInTheClear says that an annotation or label of the source holds one of its
// values.
var ErrInTheClear = errors.New("of the source holds a value of it")

// inTheClear refuses labels or annotations that hold a value of the source, or a part
// of it: whoever may read metadata would read the Secret.
func inTheClear(kind string, texts map[string]string, data map[string]Value) error {
	if len(texts) == 0 {
		return nil
	}
	telling := maps.Clone(data)
	maps.DeleteFunc(telling, func(_ string, value Value) bool { return value.Size() < minTelling })
	var values Scrubber
	values.Add(telling)
	for _, key := range Keys(texts) {
		if values.Finds(texts[key]) {
			return fmt.Errorf("%s %w: %s", kind, ErrInTheClear, key)
		}
	}
	return nil
}

// data applies the key rules.
func (s Spec) data(source map[string]Value) (map[string]Value, error) {
	if len(s.Keys) == 0 {
		return source, nil
	}
	taken, from := map[string]Value{}, map[string]string{}
	for _, rule := range s.Keys {
		matched := false
		for _, key := range Keys(source) {
			if key != rule.Source && !glob.Match(rule.Source, key) {
				continue
			}
			matched = true
			name := key
			if rule.Target != "" {
				name = rule.Target
			}
			if other, ok := from[name]; ok && other != key {
				return nil, fmt.Errorf("keys %q and %q both become %q", other, key, name)
			}
			taken[name], from[name] = source[key], key
		}
		if !matched {
			return nil, fmt.Errorf("the source has no key %q; it has: %s", rule.Source, strings.Join(Keys(source), ", "))
		}
	}
	return taken, nil
}

// pick returns the entries whose keys match a pattern, without those that make
// a controller take the object for its own.
func pick(all map[string]string, patterns []string) map[string]string {
	picked := map[string]string{}
	for key, value := range all {
		for _, pattern := range patterns {
			if glob.Match(pattern, key) && !NeverCopied(key) {
				picked[key] = value
			}
		}
	}
	return picked
}
