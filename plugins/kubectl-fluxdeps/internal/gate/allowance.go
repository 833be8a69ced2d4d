package gate

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Allowance accepts one thing that could not be checked: an object, a file, or
// a place in a file, and for what reason.
type Allowance struct {
	// text is OBJECT=REASON. It is not parted before the object is known, for
	// names of files may hold any character.
	text string
}

// ParseAllowance reads OBJECT=REASON.
func ParseAllowance(text string) (Allowance, error) {
	object, reason, ok := strings.Cut(text, "=")
	if !ok || strings.TrimSpace(object) == "" || strings.TrimSpace(reason) == "" {
		return Allowance{}, fmt.Errorf("%q is not OBJECT=REASON", text)
	}
	return Allowance{text: text}, nil
}

// String returns OBJECT=REASON.
func (a Allowance) String() string { return a.text }

// accepts reports whether the allowance is about the remark.
func (a Allowance) accepts(r flux.Remark) bool {
	return a.names(r.Object, false) || r.Origin != nil && (a.names(r.Place(), true) || a.names(r.Origin.File, true)) || a.matches(r.Object)
}

// names reports whether the allowance begins with the name. Of a path any
// spelling counts.
func (a Allowance) names(name string, isPath bool) bool {
	for at, c := range a.text {
		if c != '=' || strings.TrimSpace(a.text[at+1:]) == "" {
			continue
		}
		object := a.text[:at]
		if object == name || isPath && object != "" && filepath.Clean(object) == filepath.Clean(name) {
			return true
		}
	}
	return false
}

// matches reports whether the allowance names an object as users do, as ks/apps.
func (a Allowance) matches(object string) bool {
	named, _, _ := strings.Cut(a.text, "=")
	pattern, err := flux.ParsePattern(named)
	if err != nil {
		return false
	}
	id, err := flux.ParsePattern(object)
	return err == nil && id.Namespace != nil && pattern.Matches(flux.ID{Kind: id.Kind, Namespace: *id.Namespace, Name: id.Name})
}
