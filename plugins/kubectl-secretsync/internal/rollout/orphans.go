package rollout

import (
	"context"
	"slices"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Finder lists the copies that are in target clusters, by their marks.
type Finder struct {
	// Namespaces to look into; "" stands for all.
	Namespaces []string
	Parallel   int
	// Timeout bounds what one namespace of one cluster may take.
	Timeout time.Duration
	// Overall bounds what all namespaces of all clusters may take; 0 does not.
	Overall time.Duration
}

// Find returns an item for each Secret with our label, with its metadata alone,
// and one for each namespace that could not be looked into.
func (f Finder) Find(ctx context.Context, clusters []*Cluster) ([]Job, error) {
	found := make([][]Job, len(clusters)*len(f.Namespaces))
	place := func(i int) (*Cluster, string) {
		return clusters[i/len(f.Namespaces)], f.Namespaces[i%len(f.Namespaces)]
	}
	all, cancel := within(ctx, f.Overall)
	defer cancel()
	each(all, len(found), f.Parallel, func(i int) {
		ctx, cancel := context.WithTimeout(all, f.Timeout)
		defer cancel()
		cluster, namespace := place(i)
		found[i] = marked(ctx, cluster, namespace)
	})
	for i, jobs := range found {
		if cluster, namespace := place(i); jobs == nil {
			item := lookedInto(cluster, namespace)
			item.Seen.Problem = tooLate("read", f.Overall)
			found[i] = []Job{{item, cluster}}
		}
	}
	return slices.Concat(found...), ctx.Err()
}

// lookedInto is the item of a namespace.
func lookedInto(cluster *Cluster, namespace string) plan.Item {
	return plan.Item{
		Place:   plan.Place{Cluster: cluster.Member.Name, Server: cluster.Server(), Namespace: namespace},
		Matched: cluster.Member.Matched, FromSecret: cluster.Member.FromSecret,
	}
}

func marked(ctx context.Context, cluster *Cluster, namespace string) []Job {
	item := lookedInto(cluster, namespace)
	if item.Seen.Problem = cluster.broken; item.Seen.Problem != nil {
		return []Job{{item, cluster}}
	}
	all, err := cluster.client.ListMeta(ctx, namespace, secret.LabelManagedBy+"="+secret.Manager)
	if err != nil {
		problem := api.AsError(err).Problem()
		item.Seen.Problem = &problem
		return []Job{{item, cluster}}
	}
	jobs := make([]Job, len(all))
	for i, meta := range all {
		item.Place.Namespace, item.Place.Name, item.Origin = meta.Namespace, meta.Name, meta.Origin()
		item.Found, item.Seen.Object = meta.ResourceVersion, &secret.Snapshot{Meta: meta}
		jobs[i] = Job{item, cluster}
	}
	return jobs
}

// Lost keeps the jobs of orphans, and of namespaces that could not be looked
// into. Sources that the plan does not have are asked for by name, in the client's
// cluster: a list may leave out what is there. One that does not tell is a problem
// of its own copies alone.
func (f Finder) Lost(ctx context.Context, client *api.Client, jobs []Job, orphans *plan.Orphans) ([]Job, error) {
	left := slices.DeleteFunc(jobs, func(job Job) bool {
		object := job.Item.Seen.Object
		return job.Item.Seen.Problem == nil && (object == nil || !orphans.Left(object.Meta, job.Item.Place))
	})
	live, unknown := f.living(ctx, client, orphans.Namespace, inTurn(left, orphans.Expects))
	orphans.Live(live)
	for i := range left {
		item := &left[i].Item
		if item.Seen.Problem == nil {
			item.Seen.Problem = unknown[item.Origin.Name]
		}
		if item.Seen.Problem == nil {
			item.Lost = orphans.Why(item.Seen.Object.Meta, item.Place)
		}
	}
	return left, ctx.Err()
}
