package cmd

import (
	"context"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// plainSpec is for what does not look into Secrets.
func (s *session) plainSpec() secret.Spec { return secret.Spec{} }

// findOrphans finds copies by their marks, whose source or place is gone.
func (r *deleteRun) findOrphans(ctx context.Context) ([]rollout.Job, error) {
	if err := r.connect(ctx); err != nil {
		return nil, err
	}
	finder := rollout.OrphanFinder{
		Source: r.source, Cluster: r.source.Identity(ctx), Namespace: r.sourceNamespace(),
		Names: r.names, Selected: r.selection.selector != "" || r.selection.all,
		Parallel: r.run.parallel, Timeout: r.run.timeout,
	}
	if finder.Cluster == "" {
		finder.Cluster = r.member.Config.Host
	}
	if !r.selectsNothing() {
		sources, err := r.selectedSources(ctx)
		if err != nil {
			return nil, err
		}
		x := r.expansion(r.plainSpec())
		x.Plain = true
		finder.Expect(x.Jobs(sources, r.clusters))
	}
	namespaces := r.selection.to.Namespaces
	switch {
	case r.allNamespaces:
		namespaces = []string{""}
	case len(namespaces) == 0:
		namespaces = []string{r.sourceNamespace()}
	}
	jobs, err := finder.Find(ctx, r.clusters, namespaces)
	if err != nil {
		return nil, r.explain("source", r.member, err)
	}
	if len(jobs) == 0 {
		fmt.Fprintln(r.ErrOut, "No orphans found.")
	}
	return jobs, nil
}

// selectedSources may be none: then nothing of the selection is left.
func (r *deleteRun) selectedSources(ctx context.Context) ([]rollout.Source, error) {
	found, err := rollout.ReadSources(ctx, r.source, r.member.Config.Host, rollout.Selection{
		Namespace: r.sourceNamespace(), Names: r.names, Selector: r.selection.selector, MayBeGone: true,
	})
	if err != nil {
		return nil, r.explain("source", r.member, err)
	}
	var there []rollout.Source
	for _, one := range found {
		r.known(one.Secret)
		if !one.Gone {
			there = append(there, one)
		}
	}
	return there, nil
}
