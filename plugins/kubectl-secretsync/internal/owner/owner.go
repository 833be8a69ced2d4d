// Package owner says whose an object is: the controller or tool that wrote it and
// would write it again; and whose each of its fields is.
package owner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Claim is a sign that somebody else writes an object.
type Claim struct {
	// Owner is who that is, for people.
	Owner string
	// Quote is the sign as it stands in the object, and who has set it.
	Quote string
	// Mark is the table's row; empty for an owner reference.
	Mark secret.OwnerMark
	// Reference is the owner reference; nil for a mark.
	Reference *secret.OwnerReference
	// Controller is true if the reference is of the controller.
	Controller bool
	// Weak is true if people and charts set such a mark too, and that it was not
	// set by its owner: it is worth a warning and no more.
	Weak bool
}

// String is the owner with the quotation.
func (c Claim) String() string {
	switch {
	case c.Quote == "":
		return c.Owner
	case c.Owner == "":
		return c.Quote
	default:
		return c.Owner + " (" + c.Quote + ")"
	}
}

// Find returns the words for the owner of an object, "" where nobody claims it.
// Our own marks are not looked at.
func Find(meta secret.Meta) string { return first(Strong(meta, true)) }

// Claims returns the words for who keeps writing an object, "" for nobody: a
// controller, or whoever leaves a mark. An owner that is no controller only has
// the object deleted with it.
func Claims(meta secret.Meta) string { return first(Strong(meta, false)) }

func first(claims []Claim) string {
	if len(claims) == 0 {
		return ""
	}
	return claims[0].String()
}

// Strong are the claims that count, the strongest first. Owners that are no
// controllers count where that is asked for.
func Strong(meta secret.Meta, anyOwner bool) []Claim {
	return slices.DeleteFunc(append(byReference(meta), byMarks(meta)...), func(c Claim) bool {
		return c.Weak || c.Reference != nil && !c.Controller && !anyOwner
	})
}

// Weak are the marks that claim nothing by themselves.
func Weak(meta secret.Meta) []Claim {
	return slices.DeleteFunc(byMarks(meta), func(c Claim) bool { return !c.Weak })
}

// byReference are the owners in ownerReferences, the controller first.
func byReference(meta secret.Meta) (claims []Claim) {
	for _, reference := range meta.OwnerReferences {
		words := reference.Kind + "/" + reference.Name
		if group, _, ok := strings.Cut(reference.APIVersion, "/"); ok {
			words += " (" + group + ")"
		}
		claim := Claim{Owner: words, Reference: &reference, Controller: reference.Controller != nil && *reference.Controller}
		if claim.Controller {
			claims = append([]Claim{claim}, claims...)
		} else {
			claims = append(claims, claim)
		}
	}
	return claims
}

// byMarks are the marks of the table that the object carries and that were not
// asked for, then the label that holds any tool's name.
func byMarks(meta secret.Meta) (claims []Claim) {
	for _, mark := range secret.OwnerMarks() {
		if field, value, ok := find(meta, mark.Key); ok && !meta.Asked(mark.Key) {
			claims = append(claims, claimOf(meta, mark, field, value))
		}
	}
	return append(claims, byManagedBy(meta)...)
}

// find is a label or annotation of the object.
func find(meta secret.Meta, key string) (secret.Field, string, bool) {
	if value, ok := meta.Labels[key]; ok {
		return secret.Field{Kind: secret.LabelField, Key: key}, value, true
	}
	value, ok := meta.Annotations[key]
	return secret.Field{Kind: secret.AnnotationField, Key: key}, value, ok
}

func claimOf(meta secret.Meta, mark secret.OwnerMark, field secret.Field, value string) Claim {
	managers := setBy(meta, field)
	claim := Claim{Owner: words(meta, mark, value), Quote: quote(field, value, managers), Mark: mark}
	claim.Weak = mark.Weak() && !slices.ContainsFunc(managers, func(manager string) bool {
		return slices.ContainsFunc(mark.Writers, func(part string) bool { return strings.Contains(strings.ToLower(manager), part) })
	})
	if mark.Weak() {
		// Who that is would be a guess.
		claim.Owner = ""
	}
	return claim
}

func words(meta secret.Meta, mark secret.OwnerMark, value string) string {
	said := mark.Owner
	if mark.Values && value != "" {
		said += " " + value
	}
	if _, more, ok := find(meta, mark.With); ok && mark.With != "" {
		if mark.Values {
			return said + "/" + more
		}
		return said + " " + more
	}
	return said
}

// maxQuoted is how much of a value is quoted, in bytes.
const maxQuoted = 63

// quote is the field as it stands there, and who has set it.
func quote(field secret.Field, value string, managers []string) string {
	kind := "label "
	if field.Kind == secret.AnnotationField {
		kind = "annotation "
	}
	if len(value) > maxQuoted {
		value = strings.ToValidUTF8(value[:maxQuoted], "") + "…"
	}
	said := kind + field.Key + "=" + value
	if len(managers) > 0 {
		said += ", set by " + strings.Join(managers, " and ")
	}
	return said
}

// setBy are the managers that hold the field.
func setBy(meta secret.Meta, field secret.Field) (managers []string) {
	for _, entry := range meta.ManagedFields {
		if entry.Set()[field] && !slices.Contains(managers, entry.Manager) {
			managers = append(managers, entry.Manager)
		}
	}
	slices.Sort(managers)
	return managers
}

// byManagedBy reads the recommended label, which holds any tool's name. It counts
// where a manager of that name has set it.
func byManagedBy(meta secret.Meta) []Claim {
	field, value, ok := find(meta, secret.LabelManagedBy)
	if !ok || field.Kind != secret.LabelField || value == "" || value == secret.Manager {
		return nil
	}
	managers := setBy(meta, field)
	named := slices.ContainsFunc(managers, func(manager string) bool {
		return strings.Contains(strings.ToLower(manager), strings.ToLower(value))
	})
	return []Claim{{Quote: quote(field, value, managers), Mark: secret.OwnerMark{Key: secret.LabelManagedBy}, Weak: !named}}
}

// Marks are the labels and annotations by which the claims' owners know what is
// theirs, and where kubectl apply keeps what it wrote.
func Marks(meta secret.Meta, claims []Claim) secret.FieldSet {
	set := secret.FieldSet{}
	add := func(kind secret.FieldKind, texts map[string]string) {
		for key := range texts {
			if key == secret.LastApplied || slices.ContainsFunc(claims, func(c Claim) bool { return c.knows(key) }) {
				set[secret.Field{Kind: kind, Key: key}] = true
			}
		}
	}
	add(secret.LabelField, meta.Labels)
	add(secret.AnnotationField, meta.Annotations)
	return set
}

// knows reports whether the key is the owner's: the mark, or another of its domain.
func (c Claim) knows(key string) bool {
	domain, _, ok := strings.Cut(key, "/")
	return c.Mark.Key != "" && (key == c.Mark.Key || key == c.Mark.With || ok && domain == c.Mark.Domain())
}

// Writers names who wrote the object but us, as a help to whoever asks around.
func Writers(meta secret.Meta) string {
	for _, entry := range meta.ManagedFields {
		if entry.Manager != "" && !entry.Ours() {
			return fmt.Sprintf(" (written by %s)", entry.Manager)
		}
	}
	return ""
}
