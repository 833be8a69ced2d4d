package cmd

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// checkFlags are the flags of commands that check their input, as typed.
type checkFlags struct {
	exitCode bool
	allowed  []string
}

func (f *checkFlags) add(set *pflag.FlagSet) {
	set.BoolVar(&f.exitCode, "exit-code", false, "Exit with 1 for a finding in the graph shown, and for what could not be checked.")
	cli.StringArrayVar(set, &f.allowed, "allow-unchecked", "",
		"With --exit-code, accept an object or file that could not be checked: OBJECT=REASON, as in the output. Repeatable.")
}

func (f *checkFlags) parse() (checkOptions, error) {
	o := checkOptions{wanted: f.exitCode}
	if len(f.allowed) > 0 && !f.exitCode {
		return o, errors.New("--allow-unchecked needs --exit-code")
	}
	for _, text := range f.allowed {
		allowance, err := gate.ParseAllowance(text)
		if err != nil {
			return o, fmt.Errorf("--allow-unchecked: %w", err)
		}
		o.allowances = append(o.allowances, allowance)
	}
	return o, nil
}

// checkOptions say whether to check, and which unchecked things to accept.
type checkOptions struct {
	wanted     bool
	allowances []gate.Allowance
}

// run judges the objects shown of the whole graph.
func (o checkOptions) run(whole, shown *graph.Graph, snapshot *flux.Snapshot) *gate.Report {
	return gate.Check(gate.Input{
		Graph: whole, Snapshot: snapshot, Allowances: o.allowances,
		Shown: func(id flux.ID) bool { return shown.Node(id) != nil },
	})
}

// outcome prints the parts of the report that the graph's format leaves out, and
// turns the report into the exit code.
func (o checkOptions) outcome(report *gate.Report, streams genericiooptions.IOStreams, shown render.Options) error {
	if report == nil {
		return nil
	}
	for _, unused := range report.Unused {
		fmt.Fprintln(streams.ErrOut, "warning: "+output.Text("--allow-unchecked "+unused.String()+": nothing of that name is unchecked"))
	}
	if !render.ShowsCheck(shown) {
		fmt.Fprint(streams.ErrOut, render.CheckText(report))
	}
	if !report.Passed() {
		return failure.Silent(failure.Found)
	}
	return nil
}
