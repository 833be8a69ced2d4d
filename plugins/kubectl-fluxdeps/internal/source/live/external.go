package live

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// readExternal reads what ResourceSets depend on beside Flux objects: CRDs,
// Deployments, whatever kind they name.
func (r *reader) readExternal(ctx context.Context) error {
	wanted := r.externalEntries()
	kinds := map[string]map[string]metav1.APIResource{}
	for _, entry := range wanted {
		if _, known := kinds[entry.id.APIVersion]; known {
			continue
		}
		served, err := r.api.resources(ctx, entry.id.APIVersion)
		if err != nil {
			return fmt.Errorf("kinds of %s: %w", entry.id.APIVersion, err)
		}
		kinds[entry.id.APIVersion] = served
	}
	answers := make([]flux.External, len(wanted))
	each(len(wanted), func(i int) {
		answers[i] = r.api.external(ctx, wanted[i], kinds[wanted[i].id.APIVersion])
	})
	for i, entry := range wanted {
		r.snapshot.External[entry.id] = answers[i]
	}
	return nil
}

// externalEntry is an object that a ResourceSet depends on.
type externalEntry struct {
	id flux.ExternalID
	// whole is true where readiness matters, so that the metadata alone will
	// not do.
	whole bool
}

// externalEntries lists each object once, whole where any entry wants it so.
func (r *reader) externalEntries() []externalEntry {
	var wanted []externalEntry
	for i := range r.snapshot.Objects {
		object := &r.snapshot.Objects[i]
		if object.Kind != flux.ResourceSet {
			continue
		}
		for _, dep := range object.DependsOn {
			if _, fluxKind := flux.KindOf(dep.APIVersion, dep.Kind); fluxKind && flux.HasDependsOn(dep.Kind) {
				continue
			}
			id := flux.ExternalID{APIVersion: dep.APIVersion, ID: object.Target(dep)}
			at := slices.IndexFunc(wanted, func(e externalEntry) bool { return e.id == id })
			if at < 0 {
				wanted = append(wanted, externalEntry{id: id})
				at = len(wanted) - 1
			}
			wanted[at].whole = wanted[at].whole || dep.Ready
		}
	}
	return wanted
}

// resources returns the resources of a group version by kind; none where the
// server does not serve it.
func (a *API) resources(ctx context.Context, apiVersion string) (map[string]metav1.APIResource, error) {
	segments := []string{"apis", apiVersion}
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		segments = []string{"apis", group, version}
	} else {
		segments[0] = "api"
	}
	body, err := a.get(ctx, segments, nil, "")
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list metav1.APIResourceList
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	byKind := map[string]metav1.APIResource{}
	for _, resource := range list.APIResources {
		if !strings.Contains(resource.Name, "/") {
			byKind[resource.Kind] = resource
		}
	}
	return byKind, nil
}

// external reads one object. Secrets are read as metadata whatever is asked:
// their data has no business here, and kstatus takes any Secret for ready.
func (a *API) external(ctx context.Context, entry externalEntry, kinds map[string]metav1.APIResource) flux.External {
	served, ok := kinds[entry.id.Kind]
	if !ok {
		return flux.External{Absence: &flux.Absence{
			Message: fmt.Sprintf("no matches for kind %q in version %q", entry.id.Kind, entry.id.APIVersion)}}
	}
	group, version, grouped := strings.Cut(entry.id.APIVersion, "/")
	if !grouped {
		group, version = "", entry.id.APIVersion
	}
	namespace := entry.id.Namespace
	if !served.Namespaced {
		namespace = ""
	}
	accept := acceptMetadata
	if entry.whole && entry.id.Kind != "Secret" {
		accept = ""
	}
	body, err := a.get(ctx, resource{group, version, served.Name}.path(namespace, entry.id.Name), nil, accept)
	if err != nil {
		return flux.External{Absence: &flux.Absence{Forbidden: apierrors.IsForbidden(err), Message: err.Error()}}
	}
	return flux.External{Raw: body}
}
