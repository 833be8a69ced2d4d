package rollout

import (
	"context"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// parallelSources bounds how many named Secrets are read at once.
const parallelSources = 8

// Source is a Secret to copy.
type Source struct {
	Secret secret.Secret
	Origin secret.Origin
	// Named reports whether it was asked for by name.
	Named bool
	// Gone reports whether there is no such Secret; Origin says which is meant.
	Gone bool
}

// MadeBy reports whether the Secret is itself a copy that the plan has made from its own
// namespace: a copy of it would be one more with each run.
func (s Source) MadeBy(id string) bool {
	from := s.Secret.Meta.Origin()
	return s.Secret.Meta.Ours() && from.Cluster != "" && from.Cluster == s.Origin.Cluster && from.Namespace == s.Origin.Namespace &&
		slices.Contains(s.Secret.Meta.Plans(), id)
}

// Selection says which Secrets to copy: those named, else those with labels.
type Selection struct {
	Namespace string
	Names     []string
	Selector  string
	// MayBeGone takes named Secrets that are not there as gone, not as an error.
	MayBeGone bool
}

// ReadSources reads the Secrets of a selection. Named ones take the verb get
// and no other; selected ones take list and no other.
func ReadSources(ctx context.Context, client *api.Client, server address.Address, s Selection) ([]Source, error) {
	read := readSelected
	if len(s.Names) > 0 {
		read = readNamed
	}
	sources, err := read(ctx, client, s)
	if err != nil {
		return nil, err
	}
	identity := client.Identity(ctx)
	for i := range sources {
		sources[i].Origin.Cluster, sources[i].Origin.Server = identity, server
	}
	return sources, nil
}

func readNamed(ctx context.Context, client *api.Client, s Selection) ([]Source, error) {
	sources, errs := make([]Source, len(s.Names)), make([]error, len(s.Names))
	each(ctx, len(s.Names), parallelSources, func(i int) {
		found, err := client.Secret(ctx, s.Namespace, s.Names[i])
		sources[i], errs[i] = source(found), err
		sources[i].Named = true
		if s.MayBeGone && api.NotFound(err) {
			sources[i].Gone, errs[i] = true, nil
		}
		sources[i].Origin.Namespace, sources[i].Origin.Name = s.Namespace, s.Names[i]
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return sources, ctx.Err()
}

func readSelected(ctx context.Context, client *api.Client, s Selection) ([]Source, error) {
	found, err := client.List(ctx, s.Namespace, s.Selector)
	if err != nil {
		return nil, err
	}
	var sources []Source
	for _, one := range found {
		sources = append(sources, source(one))
	}
	return sources, nil
}

func source(s secret.Secret) Source {
	return Source{Secret: s, Origin: secret.Origin{
		Namespace: s.Meta.Namespace, Name: s.Meta.Name, UID: s.Meta.UID, ResourceVersion: s.Meta.ResourceVersion,
	}}
}

// FromManifests makes sources of Secrets that are in no cluster. The ID tells
// them from other manifests.
func FromManifests(found []secret.Secret, id string) []Source {
	var sources []Source
	for _, one := range found {
		s := source(one)
		s.Origin.Cluster, s.Origin.UID, s.Origin.ResourceVersion = secret.FromManifest, secret.FromManifest, ""
		s.Origin.ID, s.Named = id, true
		sources = append(sources, s)
	}
	return sources
}
