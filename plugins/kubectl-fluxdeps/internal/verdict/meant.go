package verdict

import (
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// candidates returns the objects that an entry between files can mean, where
// none has exactly the ID wanted: those of the kind and name, unless they and
// the reference state two namespaces. A ResourceSet's entry without a namespace
// means no namespaced object, whatever its name (flux-operator v0.58.1,
// checkDependencies, has no default).
func (j *Judge) candidates(from *flux.Object, want flux.ID) []*flux.Object {
	if j.snapshot.Live || want.Group != "" || from.Kind == flux.ResourceSet && want.Namespace == "" {
		return nil
	}
	var found []*flux.Object
	for _, candidate := range j.index.Named(want.Kind, want.Name) {
		if candidate.Namespace == "" || want.Namespace == "" {
			found = append(found, candidate)
		}
	}
	return found
}

// unclear judges an entry that may mean any of several objects, or whose name
// is not known before something replaces it.
func (j *Judge) unclear(from *flux.Object, dep flux.Dependency, want flux.ID) (Finding, bool) {
	found := j.candidates(from, want)
	switch {
	case j.snapshot.Live:
		return Finding{}, false
	case IsPlaceholder(dep.Name) || IsPlaceholder(dep.Namespace):
		return Finding{Verdict: Unknown, Unchecked: true, Detail: "its name is not known before variables are replaced"}, true
	case len(found) > 1:
		return Finding{Verdict: Unknown, Unchecked: true, Detail: "may be " + alternatives(found) + ": the reference states no namespace"}, true
	default:
		return Finding{}, false
	}
}

func alternatives(found []*flux.Object) string {
	const most = 3
	names := make([]string, 0, most)
	for _, object := range found[:min(most, len(found))] {
		names = append(names, object.ID.String())
	}
	text := strings.Join(names, " or ")
	if len(found) > most {
		text += fmt.Sprintf(" or %d others", len(found)-most)
	}
	return text
}

// IsPlaceholder reports whether a text holds something that is replaced before
// it is applied: a variable of Flux, a template, an encrypted value.
func IsPlaceholder(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{") ||
		strings.Contains(text, "<<") || strings.Contains(text, "ENC[")
}

// apart says how to write a name with its kind or namespace before it; empty
// for any other.
func apart(name string) string {
	parts := strings.Split(name, "/")
	for _, part := range parts {
		if part == "" {
			return ""
		}
	}
	if _, err := flux.ParseKind(parts[0]); err == nil && len(parts) > 1 {
		parts = parts[1:]
		if len(parts) == 1 {
			return "write name: " + parts[0]
		}
	}
	if len(parts) != 2 {
		return ""
	}
	return fmt.Sprintf("write name: %s, namespace: %s", parts[1], parts[0])
}

// CompileError returns why the readyExpr of an entry does not compile; nil
// where it does, and where there is none. The controllers stall on such a one
// (kustomize-controller v1.9.5 and helm-controller v1.6.4, evalReadyExpr).
// flux-operator parses a ResourceSet's where `ready` is set (v0.58.1,
// resourceset_controller.go).
func CompileError(from *flux.Object, dep flux.Dependency) error {
	if dep.ReadyExpr == "" {
		return nil
	}
	var err error
	switch {
	case from.Kind != flux.ResourceSet:
		_, err = compile(dep.ReadyExpr, typed)
	case dep.Ready:
		_, err = compileUntyped(dep.ReadyExpr)
	}
	return err
}
