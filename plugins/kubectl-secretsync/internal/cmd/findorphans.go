package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// findOrphans finds what the plan no longer makes. Targets are listed before the
// sources are read: a copy that another run makes meanwhile has its source.
func (s *session) findOrphans(ctx context.Context, names []string, f orphanFlags) ([]rollout.Job, *plan.Orphans, error) {
	id, err := s.sourceCluster(ctx)
	if err != nil {
		return nil, nil, err
	}
	orphans := s.orphansOf(names, f)
	orphans.Cluster = id
	finder := rollout.Finder{Namespaces: s.selection.to.Namespaces, Parallel: s.run.parallel, Timeout: s.run.timeout, Overall: s.run.overallTimeout}
	switch {
	case f.allNamespaces:
		finder.Namespaces = []string{""}
	case len(finder.Namespaces) == 0:
		finder.Namespaces = []string{orphans.Namespace}
	}
	found, err := finder.Find(ctx, s.clusters)
	if err != nil {
		return nil, nil, err
	}
	sources, err := s.present(ctx, names)
	if err != nil {
		return nil, nil, err
	}
	x := s.expansion(secret.Spec{})
	x.Plain = true
	orphans.Expect(items(x.Jobs(sources, s.clusters)))
	lost, err := finder.Lost(ctx, s.source, found, orphans)
	if err != nil {
		return nil, nil, err
	}
	// Named ones were asked for, one by one.
	return lost, orphans, s.stands(ctx, orphans, len(sources) == 0 && len(names) == 0)
}

// orphansOf are those of the plan of the flags.
func (s *session) orphansOf(names []string, f orphanFlags) *plan.Orphans {
	id := s.selection.planID(names)
	orphans := &plan.Orphans{
		Namespace: s.sourceNamespace(), Plans: append([]string{id}, f.replaces...),
		Selects: s.selection.selects(names), AllowLive: f.allowLive, AllowEmpty: f.allowEmpty,
	}
	if s.selection.plan == "" {
		orphans.Hashed = id
	}
	return orphans
}

// selects reports whether the flags select a Secret of the namespace.
func (f *selectionFlags) selects(names []string) func(secret.Meta) bool {
	// It was checked: nothing is wrong with it by now.
	selector, _ := labels.Parse(f.selector)
	return func(meta secret.Meta) bool {
		return slices.Contains(names, meta.Name) || len(names) == 0 && selector.Matches(labels.Set(meta.Labels))
	}
}

// sourceCluster reads the UID of the source cluster, which copies record.
func (s *session) sourceCluster(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.run.timeout)
	defer cancel()
	meta, err := s.source.NamespaceMeta(ctx, "kube-system")
	if err == nil {
		return meta.UID, nil
	}
	if kind := api.AsError(err).Problem().Kind; kind != plan.KindForbidden && !api.NotFound(err) {
		return "", s.explain("source", s.member, "", err)
	}
	return "", failure.With(failure.Refused, fmt.Errorf("the UID of cluster %s cannot be read, by which its copies are known", s.member.Name),
		`grant the verb "get" on the namespace kube-system`)
}

// stands refuses what makes all sources seem gone at once: more likely it is a
// mistake. The namespace is read behind the Secrets: then it tells that these were
// not going by then.
func (s *session) stands(ctx context.Context, orphans *plan.Orphans, empty bool) error {
	ctx, cancel := context.WithTimeout(ctx, s.run.timeout)
	defer cancel()
	meta, err := s.source.NamespaceMeta(ctx, orphans.Namespace)
	orphans.Since = meta.CreatedAt()
	why := ""
	switch {
	case api.NotFound(err):
		why = fmt.Sprintf("there is no namespace %q in %s", orphans.Namespace, s.member.Name)
	case err != nil:
		why = fmt.Sprintf("namespace %q of %s cannot be read, and may be going", orphans.Namespace, s.member.Name)
	case meta.DeletionTimestamp != nil:
		why = fmt.Sprintf("namespace %q of %s is being deleted", orphans.Namespace, s.member.Name)
	case orphans.Since.IsZero():
		why = fmt.Sprintf("namespace %q of %s does not say when it was made", orphans.Namespace, s.member.Name)
	case empty:
		why = fmt.Sprintf("no Secret is selected in namespace %q of %s", orphans.Namespace, s.member.Name)
	}
	if why == "" || orphans.AllowEmpty {
		return nil
	}
	return failure.With(failure.Refused, errors.New(why+": all its copies would be orphans, or might be"), "--allow-empty goes on all the same; look first with --dry-run")
}
