package rollout

import (
	"cmp"
	"errors"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Destination says where copies go within a cluster.
type Destination struct {
	// Namespaces; none means the source's.
	Namespaces []string
	// Name replaces the source's.
	Name           string
	Prefix, Suffix string
}

// Expansion turns sources into items.
type Expansion struct {
	Destination Destination
	Spec        secret.Spec
	Stamp       secret.Stamp
	Prints      *secret.Fingerprinter
	// AllowTypes are special types that may be copied.
	AllowTypes []string
	// Plain leaves out what is only for writing: the content, and refusals of
	// it.
	Plain bool
}

// Jobs returns a job for each copy: every source in every namespace of every
// cluster, ordered by cluster as these were named.
func (x Expansion) Jobs(sources []Source, clusters []*Cluster) []Job {
	items := make([][]plan.Item, len(sources))
	for i, one := range sources {
		items[i] = x.items(one)
	}
	var jobs []Job
	for _, cluster := range clusters {
		for _, item := range slices.Concat(items...) {
			item.Place.Cluster, item.Place.Server, item.Matched = cluster.Member.Name, cluster.Server(), cluster.Member.Matched
			item.FromSecret = cluster.Member.FromSecret
			if item.Place.Namespace == "" {
				item.Place.Namespace = cmp.Or(cluster.Member.Namespace, "default")
			}
			jobs = append(jobs, Job{item, cluster})
		}
	}
	return jobs
}

// items are the copies of one source, for any cluster. They share its content.
func (x Expansion) items(source Source) []plan.Item {
	item := plan.Item{Origin: source.Origin, Selected: !source.Named}
	if !x.Plain {
		x.fill(&item, source)
	}
	item.Place.Name = x.Destination.Prefix + cmp.Or(x.Destination.Name, source.Origin.Name) + x.Destination.Suffix
	namespaces := x.Destination.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{source.Origin.Namespace}
	}
	items := make([]plan.Item, len(namespaces))
	for i, namespace := range namespaces {
		items[i] = item
		items[i].Place.Namespace = namespace
	}
	return items
}

// fill adds what the copies have to hold, or why there are none.
func (x Expansion) fill(item *plan.Item, source Source) {
	item.Refusal, item.Lift = x.refusal(source.Secret)
	var err error
	item.Content, err = x.Spec.Content(source.Secret, source.Origin, x.Stamp, x.Prints)
	if err != nil && item.Refusal == "" {
		item.Refusal, item.Lift = err.Error(), "--key names the keys to copy"
		if errors.Is(err, secret.ErrInTheClear) {
			item.Lift = "--copy-annotations and --copy-labels take patterns that leave it out"
		}
	}
}

// refusal says why a Secret of its type is not copied, and how it is.
func (x Expansion) refusal(s secret.Secret) (why, lift string) {
	kind := s.Type
	if x.Spec.Type != "" && secret.Special(s.Type) == "" {
		kind = x.Spec.Type
	}
	why = secret.Special(kind)
	if why == "" || slices.Contains(x.AllowTypes, kind) && (kind != secret.TypeServiceAccount || x.Spec.Type != "") {
		return "", ""
	}
	lift = "--allow-type=" + kind + " copies it all the same"
	if kind == secret.TypeServiceAccount {
		lift += ", with --type=Opaque as plain data"
	}
	return why, lift
}
