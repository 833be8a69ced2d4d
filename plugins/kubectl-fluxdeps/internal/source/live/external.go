package live

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// readExternal reads what ResourceSets depend on beside Flux objects: CRDs,
// Deployments, whatever kind they name.
func (r *reader) readExternal(ctx context.Context) error {
	wanted := r.externalEntries()
	kinds := map[string]servedKinds{}
	for _, entry := range wanted {
		if _, known := kinds[entry.id.APIVersion]; !known {
			kinds[entry.id.APIVersion] = r.api.resources(ctx, entry.id.APIVersion)
		}
	}
	bodies, errs := make([][]byte, len(wanted)), make([]error, len(wanted))
	each(len(wanted), func(i int) {
		bodies[i], errs[i] = r.api.external(ctx, wanted[i], kinds[wanted[i].id.APIVersion])
	})
	for i, entry := range wanted {
		absent, ok := absence(errs[i])
		if entry.listed && (errs[i] == nil || apierrors.IsForbidden(errs[i])) {
			continue
		}
		if errs[i] != nil && !ok {
			return fmt.Errorf("%s %s: %w", entry.id.APIVersion, entry.id.ID, errs[i])
		}
		r.snapshot.External[entry.id] = flux.External{Absence: absent, Raw: bodies[i]}
	}
	return nil
}

// externalEntry is an object that a ResourceSet depends on.
type externalEntry struct {
	id flux.ExternalID
	// listed is true of Flux's own: all that is asked is whether the server has
	// the kind in the version of the entry, which is not the one that was listed.
	listed bool
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
			id := flux.ExternalID{APIVersion: dep.APIVersion, ID: object.Target(dep)}
			listed := id.HasDependsOn()
			if listed && r.kinds[dep.Kind].resource.apiVersion() == dep.APIVersion {
				continue
			}
			at := slices.IndexFunc(wanted, func(e externalEntry) bool { return e.id == id })
			if at < 0 {
				wanted = append(wanted, externalEntry{id: id, listed: listed})
				at = len(wanted) - 1
			}
			wanted[at].whole = wanted[at].whole || dep.Ready
		}
	}
	return wanted
}

// servedKinds are the resources of a group version by kind, or why they could
// not be learnt.
type servedKinds struct {
	byKind map[string]metav1.APIResource
	err    error
}

// resources returns what the server has of a group version.
func (a *API) resources(ctx context.Context, apiVersion string) servedKinds {
	segments := []string{"apis", apiVersion}
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		segments = []string{"apis", group, version}
	} else {
		segments[0] = "api"
	}
	body, err := a.get(ctx, segments, nil, "")
	if apierrors.IsNotFound(err) {
		return servedKinds{}
	}
	var list metav1.APIResourceList
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil {
		return servedKinds{err: err}
	}
	byKind := map[string]metav1.APIResource{}
	for _, resource := range list.APIResources {
		if !strings.Contains(resource.Name, "/") {
			byKind[resource.Kind] = resource
		}
	}
	return servedKinds{byKind: byKind}
}

// external reads one object. Secrets are read as metadata whatever is asked:
// their data has no business here, and kstatus takes any Secret for ready.
func (a *API) external(ctx context.Context, entry externalEntry, kinds servedKinds) ([]byte, error) {
	if kinds.err != nil {
		return nil, kinds.err
	}
	// What is no group version has been refused by resources.
	of, _ := schema.ParseGroupVersion(entry.id.APIVersion)
	served, ok := kinds.byKind[entry.id.Kind]
	if !ok {
		return nil, &meta.NoKindMatchError{
			GroupKind: of.WithKind(entry.id.Kind).GroupKind(), SearchedVersions: []string{of.Version},
		}
	}
	if entry.listed {
		return nil, nil
	}
	namespace := entry.id.Namespace
	if !served.Namespaced {
		namespace = ""
	}
	accept := acceptMetadata
	if entry.whole && entry.id.Kind != "Secret" {
		accept = ""
	}
	return a.get(ctx, resource{of.Group, of.Version, served.Name}.path(namespace, entry.id.Name), nil, accept)
}
