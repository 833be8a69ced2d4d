package flux

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	strict "sigs.k8s.io/json"
)

// Refusal is one reason for which the API server refuses a spec.dependsOn.
type Refusal struct {
	// Entry is the index of the entry, -1 for the field as a whole.
	Entry int
	// Field is the field of the entry, empty for the entry as a whole.
	Field string
	Text  string
}

// fieldType is the JSON type of a field, as the refusals name it.
type fieldType string

// declared returns the fields of an entry of dependsOn and their types, as the
// CRDs of kustomize-controller v1.9.5, helm-controller v1.6.4 and flux-operator
// v0.58.1 declare them. Flux applies server-side, which refuses all others.
func declared(kind string) map[string]fieldType {
	fields := map[string]fieldType{"name": "string", "namespace": "string", "readyExpr": "string"}
	if kind == ResourceSet {
		fields["apiVersion"], fields["kind"], fields["ready"] = "string", "string", "boolean"
	}
	return fields
}

// required lists the fields that an entry must have.
func required(kind string) []string {
	if kind == ResourceSet {
		return []string{"apiVersion", "kind", "name"}
	}
	return []string{"name"}
}

// Refusals says why the API server refuses the JSON of a spec.dependsOn of an
// object of the kind; nil where it does not. A null is refused, too.
func Refusals(kind string, dependsOn json.RawMessage) []Refusal {
	found := typeOf(dependsOn)
	if found == "" || isAccepted(kind, dependsOn) {
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(dependsOn, &entries); err != nil || found == "null" {
		return []Refusal{{Entry: -1, Text: fmt.Sprintf("spec.dependsOn is %s, not a list of objects", article(found))}}
	}
	var refusals []Refusal
	for i, entry := range entries {
		refusals = append(refusals, refusedEntry(kind, i, entry)...)
	}
	return refusals
}

// plainEntry is an entry of a Kustomization's or HelmRelease's dependsOn, setEntry
// one of a ResourceSet's.
type (
	plainEntry struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
		ReadyExpr string `json:"readyExpr"`
	}
	setEntry struct {
		plainEntry
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Ready      bool   `json:"ready"`
	}
)

// isAccepted reports whether a dependsOn is surely not refused, as most are: it
// is quicker than to look for reasons.
func isAccepted(kind string, dependsOn json.RawMessage) bool {
	if bytes.Contains(dependsOn, []byte("null")) {
		return false
	}
	if kind == ResourceSet {
		return isStrictly(dependsOn, func(e setEntry) bool { return e.APIVersion != "" && e.Kind != "" && e.Name != "" })
	}
	return isStrictly(dependsOn, func(e plainEntry) bool { return e.Name != "" })
}

// isStrictly reports whether a list holds nothing but entries of the type that
// are complete.
func isStrictly[E any](list json.RawMessage, complete func(E) bool) bool {
	var entries []E
	undeclared, err := strict.UnmarshalStrict(list, &entries)
	if err != nil || len(undeclared) > 0 {
		return false
	}
	for _, entry := range entries {
		if !complete(entry) {
			return false
		}
	}
	return true
}

// refusedEntry checks one entry of dependsOn.
func refusedEntry(kind string, index int, raw json.RawMessage) []Refusal {
	var fields map[string]json.RawMessage
	if found := typeOf(raw); found != "object" || json.Unmarshal(raw, &fields) != nil {
		return []Refusal{{Entry: index, Text: fmt.Sprintf("spec.dependsOn[%d] is %s, not an object%s", index, article(found), writeName(raw))}}
	}
	var refusals []Refusal
	refuse := func(field, format string, args ...any) {
		refusals = append(refusals, Refusal{Entry: index, Field: field, Text: fmt.Sprintf("spec.dependsOn[%d]", index) + fmt.Sprintf(format, args...)})
	}
	known := declared(kind)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		want, ok := known[field]
		switch found := typeOf(fields[field]); {
		case !ok:
			refuse(field, ".%s: field not declared in schema%s", field, whyUndeclared(kind, field))
		case found != want:
			refuse(field, ".%s is %s, not %s", field, article(found), article(want))
		}
	}
	for _, field := range required(kind) {
		if _, ok := fields[field]; !ok {
			refuse("", " has no %s, which is required", field)
		}
	}
	return refusals
}

// whyUndeclared explains the field that users expect most.
func whyUndeclared(kind, field string) string {
	if field != "kind" && field != "apiVersion" {
		return ""
	}
	return fmt.Sprintf(" (a %s depends on %ss only)", kind, kind)
}

// objectName is a name that an object of Kubernetes can have.
var objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

// writeName says how to write an entry that is a bare name.
func writeName(raw json.RawMessage) string {
	var name string
	if json.Unmarshal(raw, &name) != nil || !objectName.MatchString(name) {
		return ""
	}
	return "; write {name: " + name + "}"
}

// typeOf returns the JSON type of a value by its first byte; empty for none.
func typeOf(raw json.RawMessage) fieldType {
	text := strings.TrimLeft(string(raw[:min(len(raw), 64)]), " \t\r\n")
	if text == "" {
		return ""
	}
	switch text[0] {
	case '{':
		return "object"
	case '[':
		return "list"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

func article(t fieldType) string {
	switch t {
	case "object":
		return "an object"
	case "null":
		return "null"
	default:
		return "a " + string(t)
	}
}

// Misplaced reports whether a field that the API server does not know was
// meant to be dependsOn: the same word in another case, or with a slip.
func Misplaced(field string) bool {
	if field == "dependsOn" || field == "" || field[0]|0x20 != 'd' {
		return false
	}
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(field)) {
	case "dependson", "dependon", "depends", "depend", "dependencies", "dependency", "dependants", "dependents":
		return true
	default:
		return false
	}
}
