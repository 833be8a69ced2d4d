package cmd

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/live"
)

// parsed returns what the command line means, without doing it.
func parsed(t *testing.T, args ...string) *graphOptions {
	t.Helper()
	flags := newGraphFlags()
	command := &cobra.Command{}
	flags.add(command)
	if err := command.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	options, err := flags.options(genericiooptions.NewTestIOStreamsDiscard(), command.Flags().Args())
	if err != nil {
		t.Fatal(err)
	}
	return options
}

func TestEdges(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []graph.EdgeType
	}{
		{nil, []graph.EdgeType{graph.DependsOn}},
		{[]string{"--edges", "source"}, []graph.EdgeType{graph.DependsOn, graph.Source}},
		{[]string{"--edges", "health,parent", "--edges", "dependsOn"}, []graph.EdgeType{graph.DependsOn, graph.Health, graph.Parent}},
	} {
		options := parsed(t, c.args...)
		if !slices.Equal(options.edges, c.want) {
			t.Errorf("%v: edges %v, want %v", c.args, options.edges, c.want)
		}
		if want := slices.Contains(c.want, graph.Source); options.source.sources != want {
			t.Errorf("%v: sources are read: %v, want %v", c.args, options.source.sources, want)
		}
	}
}

func TestFocusFromArgumentsAndFlag(t *testing.T) {
	focus := parsed(t, "ks/a", "--focus", "hr/x/b,kustomizations/c", "--up", "--depth=2").selection.focus
	var got []string
	for _, pattern := range focus.Patterns {
		got = append(got, pattern.String())
	}
	if want := []string{"Kustomization/a", "HelmRelease/x/b", "Kustomization/c"}; !slices.Equal(got, want) {
		t.Errorf("focus %v, want %v", got, want)
	}
	if !focus.Up || focus.Down || focus.Depth != 2 {
		t.Errorf("focus %+v", focus)
	}
}

// Objects that somebody asked for are not folded away.
func TestFolding(t *testing.T) {
	for _, c := range []struct {
		args []string
		want bool
	}{
		{nil, true},
		{[]string{"-l", "a=b"}, true},
		{[]string{"--kind", "hr"}, true},
		{[]string{"--all"}, false},
		{[]string{"--status", "failed"}, false},
		{[]string{"ks/a"}, false},
	} {
		if got := parsed(t, c.args...).selection.folds(); got != c.want {
			t.Errorf("%v folds: %v, want %v", c.args, got, c.want)
		}
	}
}

func TestScope(t *testing.T) {
	inContext := cluster.Target{Namespace: "apps"}
	given := cluster.Target{Namespace: "apps", NamespaceGiven: true}
	for _, c := range []struct {
		args   []string
		target cluster.Target
		want   live.Options
	}{
		{nil, inContext, live.Options{Fallback: "apps"}},
		{nil, given, live.Options{Namespace: "apps"}},
		{[]string{"-A"}, inContext, live.Options{}},
		{[]string{"-A"}, given, live.Options{}},
		{[]string{"--edges=source"}, inContext, live.Options{Fallback: "apps", Sources: true}},
	} {
		if got := parsed(t, c.args...).source.scope(c.target); got != c.want {
			t.Errorf("%v in %+v: %+v, want %+v", c.args, c.target, got, c.want)
		}
	}
}

func TestName(t *testing.T) {
	for program, want := range map[string]string{
		"kubectl-fluxdeps":                   "kubectl fluxdeps",
		"/usr/local/bin/flux-deps":           "flux deps",
		"flux-deps.exe":                      "flux deps",
		"./bin/linux-amd64/kubectl-fluxdeps": "kubectl fluxdeps",
		"renamed":                            "kubectl fluxdeps",
	} {
		if got := displayName(binaryName(program)); got != want {
			t.Errorf("%s calls itself %q, want %q", program, got, want)
		}
	}
}
