package verdict

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// absent judges an entry whose target was not received.
func (j *Judge) absent(from *flux.Object, want flux.ID) Finding {
	if absence, ok := j.refusal(want); ok {
		return Finding{Verdict: Forbidden, Detail: absence}
	}
	finding := Finding{Verdict: Missing, Detail: j.whereLooked(), Message: notFoundMessage(from.Kind, want)}
	other := j.otherKind(from.ID, want)
	switch {
	case other != nil && from.Kind == flux.ResourceSet:
		finding.Verdict = WrongKind
		finding.Hint = fmt.Sprintf("did you mean %s? (give its kind in dependsOn)", other.ID)
		return finding
	case other != nil:
		finding.Verdict = WrongKind
		finding.Detail = fmt.Sprintf("a %s can only depend on a %s", from.Kind, from.Kind)
		finding.Hint = fmt.Sprintf("%s exists, but a %s cannot depend on it; a wrapping Kustomization with wait or healthChecks can", j.named(other), from.Kind)
		return finding
	}
	finding.Hint = j.didYouMean(from.ID, want)
	if len(j.snapshot.Opaque) > 0 {
		return Finding{Verdict: Unknown, Unchecked: true, External: true, Detail: "not found, but may be applied by " + j.opaque(), Hint: finding.Hint}
	}
	return finding
}

// opaque names the objects of which it is not known what they apply.
func (j *Judge) opaque() string {
	const few = 3
	names := j.snapshot.Opaque
	if len(names) <= few {
		return strings.Join(names, " or ")
	}
	return fmt.Sprintf("%s or %d others", strings.Join(names[:few], ", "), len(names)-few)
}

// refusal returns the server's words where it refused to show the object.
func (j *Judge) refusal(want flux.ID) (string, bool) {
	if absence, ok := j.snapshot.Absent[want]; ok {
		return absence.Message, absence.Forbidden
	}
	message, ok := j.snapshot.Unreadable[want.Kind]
	return message, ok
}

func (j *Judge) whereLooked() string {
	if j.snapshot.Live {
		return ""
	}
	if j.snapshot.Entry != "" {
		return "nothing in this entry applies it"
	}
	return "not in the files that were read"
}

// otherKind returns an object with the name wanted, of another kind that can
// be depended on by its own. The dependent itself is none that can be meant.
func (j *Judge) otherKind(from, want flux.ID) *flux.Object {
	for _, kind := range []string{flux.Kustomization, flux.HelmRelease, flux.ResourceSet} {
		if kind == want.Kind {
			continue
		}
		id := want
		id.Kind = kind
		if found := j.index.Get(id); found != nil && id != from {
			return found
		}
	}
	return j.unplacedKind(from, want)
}

// unplacedKind is otherKind for files, where one of the two may state no
// namespace.
func (j *Judge) unplacedKind(from, want flux.ID) *flux.Object {
	if j.snapshot.Live {
		return nil
	}
	for _, kind := range []string{flux.Kustomization, flux.HelmRelease, flux.ResourceSet} {
		if kind == want.Kind {
			continue
		}
		for _, object := range j.index.Named(kind, want.Name) {
			if object.ID != from && (object.Namespace == "" || want.Namespace == "") {
				return object
			}
		}
	}
	return nil
}

// named names an object, and says so where its file does not state a namespace.
func (j *Judge) named(object *flux.Object) string {
	if object.Namespace != "" || j.snapshot.Live {
		return object.ID.String()
	}
	return object.Type() + "/" + object.Name + " (its namespace is not stated)"
}

// didYouMean names what was probably meant: the same name in another
// namespace, else a near name in the same one; never the dependent itself.
func (j *Judge) didYouMean(from, want flux.ID) string {
	var elsewhere []string
	for _, object := range j.index.Named(want.Kind, want.Name) {
		if object.Namespace != want.Namespace && object.ID != from {
			elsewhere = append(elsewhere, object.ID.String())
		}
	}
	switch len(elsewhere) {
	case 0:
	case 1, 2, 3:
		return fmt.Sprintf("did you mean %s? (give its namespace in dependsOn)", strings.Join(elsewhere, " or "))
	default:
		return fmt.Sprintf("the name exists in %d other namespaces; give the namespace in dependsOn", len(elsewhere))
	}
	near, ok := j.near.to(want, from)
	switch {
	case !ok:
		return ""
	case near.Namespace != want.Namespace:
		return fmt.Sprintf("did you mean %s? (give its namespace in dependsOn)", near)
	default:
		return fmt.Sprintf("did you mean %s?", near)
	}
}

// notFoundMessage is the text of the controller of the dependent's kind for
// check a, of flux-operator the end of it, with the API server's answer to a
// GET of a name that is not there, or the client's that does not ask.
func notFoundMessage(kind string, want flux.ID) string {
	info, _ := flux.LookupKind(want.Kind)
	notFound := cmp.Or(pathError(want), fmt.Sprintf("%s.%s %q not found", info.Plural, info.Group, want.Name))
	switch kind {
	case flux.ResourceSet:
		return notFound
	case flux.HelmRelease:
		return fmt.Sprintf("unable to get '%s' dependency: %s", namespacedName(want), notFound)
	default:
		return fmt.Sprintf("dependency '%s' not found: %s", namespacedName(want), notFound)
	}
}

// pathError is what client-go (rest.Request) says of a name that
// cannot be part of a path, which the CRDs let in; empty for any other.
func pathError(want flux.ID) string {
	if problems := content.IsPathSegmentName(want.Namespace); len(problems) > 0 {
		return fmt.Sprintf("invalid namespace %q: %v", want.Namespace, problems)
	}
	if want.Name == "" {
		return "resource name may not be empty"
	}
	if problems := content.IsPathSegmentName(want.Name); len(problems) > 0 {
		return fmt.Sprintf("invalid resource name %q: %v", want.Name, problems)
	}
	return ""
}
