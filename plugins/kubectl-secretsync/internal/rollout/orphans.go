package rollout

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// OrphanFinder finds copies whose source, or whose place in a selection, is
// gone. It reads metadata only.
type OrphanFinder struct {
	// Source is the cluster that copies must come from, Cluster its identity and
	// Namespace where their sources are.
	Source    *api.Client
	Cluster   string
	Namespace string
	// Names limits it to copies of these sources.
	Names []string
	// Selected tells that copies of sources that Expect does not name are
	// orphans too.
	Selected bool
	Parallel int
	Timeout  time.Duration

	expected map[plan.Place]bool
	// wanted are the sources of expected places.
	wanted map[string]bool
}

// Expect names the places that a selection leads to.
func (f *OrphanFinder) Expect(jobs []Job) {
	f.expected, f.wanted = map[plan.Place]bool{}, map[string]bool{}
	for _, job := range jobs {
		f.expected[job.Item.Place] = true
		f.wanted[job.Item.Origin.Name] = true
	}
}

// Find returns a job for each orphan, and one for each namespace that could not
// be looked into.
func (f *OrphanFinder) Find(ctx context.Context, clusters []*Cluster, namespaces []string) ([]Job, error) {
	found := make([][]Job, len(clusters)*len(namespaces))
	each(ctx, len(found), f.Parallel, func(i int) {
		ctx, cancel := context.WithTimeout(ctx, f.Timeout)
		defer cancel()
		found[i] = f.marked(ctx, clusters[i/len(namespaces)], namespaces[i%len(namespaces)])
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	candidates := slices.Concat(found...)
	gone, err := f.gone(ctx, candidates)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(candidates, func(job Job) bool { return job.Item.Refusal == "" && !f.orphan(job, gone) }), nil
}

// marked lists the copies of the source cluster and namespace.
func (f *OrphanFinder) marked(ctx context.Context, cluster *Cluster, namespace string) []Job {
	place := plan.Place{Cluster: cluster.Member.Name, Server: cluster.Server(), Namespace: namespace}
	if cluster.broken != nil {
		return []Job{unlisted(cluster, place, *cluster.broken)}
	}
	all, err := cluster.client.ListMeta(ctx, namespace, secret.LabelManagedBy+"="+secret.Manager)
	if err != nil {
		return []Job{unlisted(cluster, place, api.AsError(err).Problem())}
	}
	var jobs []Job
	for _, meta := range all {
		o := meta.Origin()
		if meta.Ours() && o.Cluster == f.Cluster && o.Namespace == f.Namespace && (len(f.Names) == 0 || slices.Contains(f.Names, o.Name)) {
			place.Namespace, place.Name = meta.Namespace, meta.Name
			jobs = append(jobs, Job{plan.Item{Place: place, Origin: o}, cluster})
		}
	}
	return jobs
}

// unlisted stands for copies that may be there.
func unlisted(cluster *Cluster, place plan.Place, problem plan.Problem) Job {
	broken := &Cluster{Member: cluster.Member, broken: &problem}
	item := plan.Item{Place: place}
	item.Seen.Problem = &problem
	// So that it is not taken for an orphan, nor left out.
	item.Refusal = problem.Text
	return Job{item, broken}
}

// gone tells which sources are not there any more.
func (f *OrphanFinder) gone(ctx context.Context, candidates []Job) (map[string]bool, error) {
	var names []string
	for _, job := range candidates {
		if job.Item.Refusal == "" {
			names = append(names, job.Item.Origin.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	gone := map[string]bool{}
	var first error
	var mu sync.Mutex
	each(ctx, len(names), parallelSources, func(i int) {
		meta, err := f.Source.Meta(ctx, f.Namespace, names[i])
		mu.Lock()
		defer mu.Unlock()
		gone[names[i]] = err == nil && meta == nil
		if err != nil && first == nil {
			first = err
		}
	})
	return gone, first
}

func (f *OrphanFinder) orphan(job Job, gone map[string]bool) bool {
	name := job.Item.Origin.Name
	switch {
	case gone[name]:
		return true
	case f.expected == nil:
		return false
	case !f.wanted[name]:
		return f.Selected
	default:
		return !f.expected[job.Item.Place]
	}
}
