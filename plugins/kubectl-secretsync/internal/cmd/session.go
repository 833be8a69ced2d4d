package cmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// session is one run of a command: what the flags named, made ready.
type session struct {
	deps
	selection *selectionFlags
	run       *runFlags
	scrub     *secret.Scrubber
	prints    *secret.Fingerprinter

	// member and source are the cluster to copy from; none with manifests.
	member   cluster.Member
	source   *api.Client
	clusters []*rollout.Cluster
	// largest is the size of the largest source.
	largest  int
	warnings []string
	// listed are the targets of --targets-from.
	listed []listed
	// arguments are those of the command line, without values.
	arguments []string

	// rehearses and owners are what a run asks of targets beyond reading them.
	rehearses func(plan.Item) (plan.Action, bool)
	owners    func(plan.Item) []owner.Claim
}

func newSession(d deps, selection *selectionFlags, run *runFlags) *session {
	return &session{deps: d, selection: selection, run: run, scrub: &secret.Scrubber{}, prints: secret.NewFingerprinter()}
}

func (s *session) access() cluster.Access {
	return cluster.Access{UserAgent: userAgent(), RequestTimeout: s.run.requestTimeout, Notices: s.ErrOut}
}

// connectSource finds the cluster to copy from.
func (s *session) connectSource() error {
	member, warnings, err := s.selection.ends.Source(s.access())
	s.warnings = append(s.warnings, warnings...)
	if err != nil {
		return err
	}
	client, err := api.New(member, s.scrub, s.pause)
	if err != nil {
		return s.explain("source", member, "", err)
	}
	s.member, s.source = member, client
	s.warnExposed(member)
	return nil
}

// warnExposed warns of a cluster whose Secrets others on the way can read.
func (s *session) warnExposed(member cluster.Member) {
	switch {
	case cluster.Clear(member):
		s.warnings = append(s.warnings, member.Name+" is asked without TLS: Secrets go there in the clear")
	case cluster.Unverified(member):
		s.warnings = append(s.warnings, member.Name+" is asked with insecure-skip-tls-verify: anyone on the way can take its place and read the Secrets")
	}
}

// needsSource reports whether the flags ask for anything of a source cluster.
func (s *session) needsSource() bool {
	secrets := s.selection.ends.To.Secrets
	inSource := (len(secrets.Names) > 0 || secrets.Selector != "") && secrets.Context == ""
	return len(s.selection.files) == 0 || inSource
}

// connect finds the source and the targets.
func (s *session) connect(ctx context.Context) error {
	if err := s.readTargets(); err != nil {
		return err
	}
	if s.needsSource() {
		if err := s.connectSource(); err != nil {
			return err
		}
	}
	resolved, err := s.selection.ends.Targets(ctx, s.access(), s.member, s.readKubeconfigs)
	s.warnings = append(s.warnings, resolved.Warnings...)
	if err != nil {
		return err
	}
	for _, member := range resolved.Members {
		s.clusters = append(s.clusters, rollout.NewCluster(member, s.scrub, s.pause))
		s.warnExposed(member)
	}
	for _, refused := range resolved.Refused {
		s.unusable(refused)
	}
	return nil
}

// sourceNamespace is the one given, else the context's.
func (s *session) sourceNamespace() string {
	if s.selection.namespace != "" {
		return s.selection.namespace
	}
	if s.member.Namespace != "" {
		return s.member.Namespace
	}
	return "default"
}

// sources reads what is to be copied. No value of it stays in any message from
// here on.
func (s *session) sources(ctx context.Context, names []string, mayBeGone bool) ([]rollout.Source, error) {
	if len(s.selection.files) > 0 {
		return s.manifests()
	}
	found, err := s.read(ctx, names, mayBeGone)
	if err == nil && len(found) == 0 {
		err = failure.With(failure.Unable, fmt.Errorf("no Secret found in namespace %q of %s", s.sourceNamespace(), s.member.Name), "-n names another namespace; kubectl get secrets -n "+s.sourceNamespace()+" lists what there is")
	}
	return found, err
}

// present are the sources that are there; none is an answer too.
func (s *session) present(ctx context.Context, names []string) ([]rollout.Source, error) {
	found, err := s.read(ctx, names, true)
	return slices.DeleteFunc(found, func(one rollout.Source) bool { return one.Gone }), err
}

func (s *session) read(ctx context.Context, names []string, mayBeGone bool) ([]rollout.Source, error) {
	ctx, cancel := context.WithTimeout(ctx, s.run.timeout)
	defer cancel()
	found, err := rollout.ReadSources(ctx, s.source, s.member.Address(), rollout.Selection{
		Namespace: s.sourceNamespace(), Names: names, Selector: s.selection.selector, MayBeGone: mayBeGone,
	})
	if err != nil {
		return nil, s.explain("source", s.member, fmt.Sprintf("namespace %q: ", s.sourceNamespace()), err)
	}
	for _, one := range found {
		s.known(one.Secret)
	}
	id := s.selection.planID(names)
	return slices.DeleteFunc(found, func(one rollout.Source) bool { return !one.Named && one.MadeBy(id) }), nil
}

// known keeps the values of a source out of messages, and its size in mind.
func (s *session) known(source secret.Secret) {
	s.scrub.Add(source.Data)
	size := 0
	for _, value := range source.Data {
		size += value.Size()
	}
	s.largest = max(s.largest, size)
}

// explain says in which cluster, and where in it, a request failed.
func (s *session) explain(role string, member cluster.Member, where string, err error) error {
	problem := api.AsError(err).Problem()
	return failure.With(report.CodeOf(problem.Kind), fmt.Errorf("%s %s: %s%s", role, member.Name, where, s.scrub.Clean(problem.Text)), problem.Hint)
}

// observer reads targets, with progress on a terminal.
func (s *session) observer(needs rollout.Needs, jobs int, phase string) (rollout.Observer, func()) {
	tick, done := s.progress(phase, jobs)
	return rollout.Observer{
		Prints: s.prints, Needs: needs, Parallel: rollout.Fitting(s.run.parallel, s.largest), Timeout: s.run.timeout, Overall: s.run.overallTimeout, Progress: tick,
		Rehearses: s.rehearses, Owners: s.owners,
	}, done
}

// print writes the report, and to stderr what helps.
func (s *session) print(head report.Head, results []rollout.Result) error {
	head.Source, head.Warnings = s.member.Name, s.warnings
	built := report.Build(head, results)
	err := report.Write(s.Out, built, report.Options{
		Format: s.run.format, NoHeaders: s.run.noHeaders, Color: s.run.color.For(s.Out), Width: output.TerminalWidth(s.Out),
	})
	for _, hint := range report.Hints(built) {
		fmt.Fprintln(s.ErrOut, "hint: "+output.Text(hint))
	}
	return err
}

// warn prints the warnings so far.
func (s *session) warn() {
	for _, warning := range slices.Compact(slices.Sorted(slices.Values(s.warnings))) {
		fmt.Fprintln(s.ErrOut, "warning: "+output.Text(warning))
	}
}
