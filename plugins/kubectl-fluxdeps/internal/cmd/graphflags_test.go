package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
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

// -n tells where an object is that states no namespace.
func TestFocusInNamespace(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"ks/a"}, "Kustomization/a"},
		{[]string{"ks/a", "-n", "x"}, "Kustomization/x/a"},
		{[]string{"ks/y/a", "-n", "x"}, "Kustomization/y/a"},
		{[]string{"ks/a", "-n", "x", "-A"}, "Kustomization/a"},
	} {
		if got := parsed(t, c.args...).selection.focus.Patterns[0].String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.args, got, c.want)
		}
	}
}

// Of what is folded away that is counted which somebody should look at.
func TestFoldedTroubled(t *testing.T) {
	var nodes []*graph.Node
	for _, state := range graph.States() {
		nodes = append(nodes, &graph.Node{ID: flux.ID{Kind: flux.Kustomization, Name: string(state)}, State: state, Isolated: true})
	}
	nodes = append(nodes, &graph.Node{ID: flux.ID{Kind: flux.Kustomization, Name: "needed"}, State: graph.Failed})
	options := parsed(t)
	left := options.fold(graph.New(true, nodes, nil))
	if len(left.Nodes) != 1 || options.render.Folded != len(graph.States()) || options.render.FoldedTroubled != len(graph.States())-2 {
		t.Errorf("%d left, %d folded, %d of them troubled", len(left.Nodes), options.render.Folded, options.render.FoldedTroubled)
	}
}

// It is said where nothing was found.
func TestNothingFound(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "the cluster"},
		{[]string{"-n", "odd"}, "namespace odd"},
		{[]string{"-n", "odd", "-A"}, "the cluster"},
		{[]string{"-n", "odd", "-f", "x"}, "the files"},
	} {
		if got, want := parsed(t, c.args...).nothing(graph.New(true, nil, nil)), "No Kustomizations, HelmReleases or ResourceSets found in "+c.want+"."; got != want {
			t.Errorf("%v: %s", c.args, got)
		}
	}
}

// What may not be read is not said to be missing.
func TestUnreadableFocus(t *testing.T) {
	empty := graph.New(true, nil, nil)
	focus := parsed(t, "rset/rs", "ks/x").selection
	var failed *failure.Error
	err := focus.check(empty, map[string]string{flux.ResourceSet: "resourcesets is forbidden"})
	if !errors.As(err, &failed) || failed.Code != failure.Unable || err.Error() != "ResourceSet/rs: resourcesets is forbidden" ||
		failed.Hint != "kubectl auth can-i list resourcesets.fluxcd.controlplane.io shows whether you may" {
		t.Errorf("%+v", err)
	}
	err = focus.check(empty, nil)
	if !errors.As(err, &failed) || failed.Code != failure.BadInput || err.Error() != "ResourceSet/rs, Kustomization/x not found in what was read" {
		t.Errorf("%+v", err)
	}
}

// Nothing may be listed at all: -n is the cure.
func TestExplainForbidden(t *testing.T) {
	target := cluster.Target{Context: "prod", Config: &rest.Config{Host: "https://x"}}
	for _, c := range []struct {
		err  error
		hint string
	}{
		{fmt.Errorf("%w: %w", live.ErrNothing, apierrors.NewForbidden(schema.GroupResource{}, "", nil)), "-n NAMESPACE looks at"},
		{fmt.Errorf("%w: the server has no Flux", live.ErrNothing), ""},
	} {
		var failed *failure.Error
		if err := explain(target, c.err); !errors.As(err, &failed) || failed.Code != failure.Unable || !strings.HasPrefix(failed.Hint, c.hint) ||
			!strings.HasPrefix(err.Error(), "context prod: nothing could be read: ") {
			t.Errorf("%v, hint %q", err, failed.Hint)
		}
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
		{[]string{"ks/a"}, inContext, live.Options{Fallback: "apps"}},
		{[]string{"ks/a"}, given, live.Options{Fallback: "apps"}},
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
