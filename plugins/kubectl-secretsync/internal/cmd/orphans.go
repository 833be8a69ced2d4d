package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// orphanFlags say whether, and where, copies are looked for that the plan no
// longer makes.
type orphanFlags struct {
	wanted        bool
	allNamespaces bool
	allowEmpty    bool
	replaces      []string
}

func (f *orphanFlags) add(c *cobra.Command, what string) {
	set := c.Flags()
	set.BoolVar(&f.wanted, "orphans", false, what+" the copies that 'copy' with the same flags has made and would make no more: the source is gone or no longer selected, or the place is another.")
	set.BoolVarP(&f.allNamespaces, "all-namespaces", "A", false, "With --orphans: look in all namespaces of the targets, not only in those that copies go to now.")
	set.BoolVar(&f.allowEmpty, "allow-empty", false, "With --orphans: go on where the selection is empty, or the source's namespace is gone, going, or cannot be read.")
	cli.StringArrayVar(set, &f.replaces, "replaces-plan", "", "With --orphans: ID of an earlier plan whose place this one took; its copies are looked for too. Can be repeated.")
}

func (f *orphanFlags) check(s *selectionFlags) error {
	switch {
	case !f.wanted && (f.allNamespaces || f.allowEmpty || len(f.replaces) > 0):
		return cli.Use(errors.New("--all-namespaces, --allow-empty and --replaces-plan go with --orphans"))
	case f.wanted && len(s.files) > 0:
		return cli.Use(errors.New("--orphans looks for sources in a cluster, not in manifests"))
	}
	for _, id := range f.replaces {
		if err := checkPlan("replaces-plan", id); err != nil {
			return err
		}
	}
	return nil
}

// checkPlan takes what can be a label's value: no separator is in it.
func checkPlan(flag, id string) error {
	if problems := validation.IsValidLabelValue(id); id == "" || len(problems) > 0 {
		return cli.Use(fmt.Errorf("--%s=%q: want at most 63 letters, digits, - _ or dots", flag, id))
	}
	return nil
}

// planID is the plan's name where it has one, else made of the flags.
func (f *selectionFlags) planID(names []string) string {
	if f.plan != "" || len(f.files) > 0 {
		return f.plan
	}
	selector := f.selector
	if parsed, err := labels.Parse(selector); err == nil {
		// In whichever order, and with whichever sign, its terms were typed.
		selector = strings.ReplaceAll(parsed.String(), "==", "=")
	}
	return secret.PlanFlags{
		Names: names, Selector: selector, All: f.all,
		Namespaces: f.to.Namespaces, Name: f.to.Name, Prefix: f.to.Prefix, Suffix: f.to.Suffix,
	}.ID()
}

// findOrphans finds what the plan no longer makes. Targets are listed before the
// sources are read: a copy that another run makes meanwhile has its source.
func (s *session) findOrphans(ctx context.Context, names []string, f orphanFlags) ([]rollout.Job, *plan.Orphans, error) {
	orphans := &plan.Orphans{
		Cluster: s.source.Identity(ctx), Namespace: s.sourceNamespace(),
		Plans: append([]string{s.selection.planID(names)}, f.replaces...),
	}
	if orphans.Cluster == "" {
		return nil, nil, cli.Fail(cli.Refused, fmt.Errorf("the UID of cluster %s cannot be read, by which its copies are known", s.member.Name),
			`grant the verb "get" on the namespace kube-system`)
	}
	finder := rollout.Finder{Namespaces: s.selection.to.Namespaces, Parallel: s.run.parallel, Timeout: s.run.timeout}
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
	sources, err := s.remaining(ctx, names, f.allowEmpty)
	if err != nil {
		return nil, nil, err
	}
	x := s.expansion(secret.Spec{})
	x.Plain = true
	orphans.Expect(items(x.Jobs(sources, s.clusters)))
	lost := rollout.Lost(found, orphans)
	if others := orphans.Strangers(items(found)); len(lost) == 0 && len(others) > 0 {
		fmt.Fprintf(s.ErrOut, "hint: there are copies of other plans: %s; --replaces-plan names one whose place this one took\n",
			output.Text(strings.Join(others[:min(len(others), mostPlans)], ", ")))
	}
	return lost, orphans, nil
}

// mostPlans is how many IDs of plans are worth reading.
const mostPlans = 5

// remaining are the sources that are still there. What makes all of them seem
// gone at once is refused: more likely it is a mistake.
func (s *session) remaining(ctx context.Context, names []string, allowEmpty bool) ([]rollout.Source, error) {
	ctx, cancel := context.WithTimeout(ctx, s.run.timeout)
	defer cancel()
	namespace := s.sourceNamespace()
	sources, err := rollout.ReadSources(ctx, s.source, s.member.Config.Host, rollout.Selection{
		Namespace: namespace, Names: names, Selector: s.selection.selector, MayBeGone: true,
	})
	if err != nil {
		return nil, s.explain("source", s.member, err)
	}
	var there []rollout.Source
	for _, one := range sources {
		s.known(one.Secret)
		if !one.Gone {
			there = append(there, one)
		}
	}
	// Read behind the Secrets, it tells that these were not going by then.
	state, _ := s.source.Namespace(ctx, namespace)
	why := ""
	switch {
	case state == plan.NamespaceEnding:
		why = fmt.Sprintf("namespace %q of %s is being deleted", namespace, s.member.Name)
	case state == plan.NamespaceMissing:
		why = fmt.Sprintf("there is no namespace %q in %s", namespace, s.member.Name)
	case state == plan.NamespaceUnknown:
		why = fmt.Sprintf("namespace %q of %s cannot be read, and may be going", namespace, s.member.Name)
	case len(there) == 0 && len(names) == 0:
		why = fmt.Sprintf("no Secret is selected in namespace %q of %s", namespace, s.member.Name)
	}
	if why != "" && !allowEmpty {
		return nil, cli.Fail(cli.Refused, errors.New(why+": all its copies would be orphans, or might be"), "--allow-empty goes on all the same; look first with --dry-run")
	}
	return there, nil
}
