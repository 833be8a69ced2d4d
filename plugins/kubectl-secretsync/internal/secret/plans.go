package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// AnnotationPlans holds the IDs of the plans that make a copy. What a plan no
// longer makes is its orphan, unless another plan makes it.
const AnnotationPlans = Domain + "plans"

const (
	// ManyPlans stands for more plans than a copy counts; it is nobody's orphan.
	ManyPlans = "*"
	// maxPlans is how many a copy counts.
	maxPlans = 16
	// planBytes is how much of the hash an ID has.
	planBytes = 12
)

// HashedPlan begins the IDs that are made of flags, and no name that is given.
const HashedPlan = "flags-"

// PlanFlags are the flags that decide which copies a plan makes within a target
// cluster. Which clusters, and what copies hold, is not among them.
type PlanFlags struct {
	Names      []string `json:"names,omitempty"`
	Selector   string   `json:"selector,omitempty"`
	All        bool     `json:"all,omitempty"`
	Namespaces []string `json:"namespaces,omitempty"`
	Name       string   `json:"name,omitempty"`
	Prefix     string   `json:"prefix,omitempty"`
	Suffix     string   `json:"suffix,omitempty"`
}

// ID is the plan's: the same for the same flags, in whichever order they are.
func (f PlanFlags) ID() string {
	f.Names, f.Namespaces = distinct(f.Names), distinct(f.Namespaces)
	// Text, flags and lists of text always encode.
	text, _ := json.Marshal(f)
	sum := sha256.Sum256(text)
	return HashedPlan + hex.EncodeToString(sum[:planBytes])
}

func distinct(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}

// Plans are the IDs of the plans that make the copy, none where it is older
// than these. An empty one is nobody's.
func (m Meta) Plans() []string {
	return strings.FieldsFunc(m.Annotations[AnnotationPlans], func(r rune) bool { return r == ',' })
}

// IsPlan tells what can be a plan's ID: what can be a label's value, in which no
// separator is.
func IsPlan(id string) bool { return id != "" && len(validation.IsValidLabelValue(id)) == 0 }

// WithPlans are the annotations that leave a copy these plans.
func WithPlans(plans []string) map[string]string {
	return map[string]string{AnnotationPlans: strings.Join(plans, ",")}
}

// plans are what is to be recorded in a copy at the place of old, "" for
// nothing. A copy that was made before there were plans gets none: who else
// makes it is not known.
func (c *Content) plans(old *Meta) string {
	switch {
	case c.Plan == "" && old != nil && old.CopyOf(c.Origin):
		return old.Annotations[AnnotationPlans]
	case c.Plan == "":
		return ""
	case old == nil || !old.CopyOf(c.Origin):
		return c.Plan
	}
	known := old.Plans()
	if len(known) == 0 || slices.Contains(known, ManyPlans) {
		return old.Annotations[AnnotationPlans]
	}
	all := distinct(append(known, c.Plan))
	if len(all) > maxPlans {
		return ManyPlans
	}
	return strings.Join(all, ",")
}

// Joins reports whether the copy does not count the content's plan yet.
func (c *Content) Joins(old Meta) bool {
	return c.Plan != "" && c.plans(&old) != old.Annotations[AnnotationPlans]
}
