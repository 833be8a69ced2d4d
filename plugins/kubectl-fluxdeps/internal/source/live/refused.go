package live

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// without returns those of the listed kinds that the server lacks, and those
// that may not be listed.
func (r *reader) without(kinds []flux.KindInfo) (lacking []string, refused []flux.KindInfo) {
	for _, kind := range kinds {
		switch result := r.kinds[kind.Kind]; {
		case errors.Is(result.err, errNoKind):
			lacking = append(lacking, kind.Kind)
		case result.err != nil:
			refused = append(refused, kind)
		}
	}
	return lacking, refused
}

// warnUnlisted tells which kinds may not be listed.
func (r *reader) warnUnlisted(refused []flux.KindInfo) {
	for _, kind := range refused {
		if err := r.kinds[kind.Kind].err; r.options.Fallback == "" {
			r.warn("%s are left out: %v", kind.Plural, err)
		} else {
			r.warn("%s are left out: not allowed to list them %s: %v", kind.Plural, r.tried(), err)
		}
	}
}

// warnLimited tells which kinds may be listed in one namespace only: that is
// one sentence for all.
func (r *reader) warnLimited(kinds []flux.KindInfo) {
	limited := slices.DeleteFunc(slices.Clone(kinds), func(kind flux.KindInfo) bool {
		result := r.kinds[kind.Kind]
		return result.err != nil || result.namespace == r.options.Namespace
	})
	if len(limited) > 0 {
		r.warn("not allowed to list %s in all namespaces: only namespace %q is shown", plurals(limited), r.options.Fallback)
	}
}

// tried tells where kinds were asked for.
func (r *reader) tried() string {
	switch {
	case r.options.Namespace != "":
		return fmt.Sprintf("in namespace %q", r.options.Namespace)
	case r.options.Fallback != "":
		return fmt.Sprintf("in all namespaces, nor in namespace %q", r.options.Fallback)
	default:
		return "in all namespaces"
	}
}

// plurals enumerates kinds.
func plurals(kinds []flux.KindInfo) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = kind.Plural
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
