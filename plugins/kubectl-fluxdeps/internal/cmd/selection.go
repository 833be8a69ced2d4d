package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// suspended is what --status takes beside the states.
const suspended = "suspended"

func statuses() []string { return append(names(graph.States()), suspended) }

func kinds() []string {
	var out []string
	for _, kind := range flux.Kinds() {
		out = append(out, kind.Kind)
	}
	return out
}

// selectionFlags say which part of the graph to show, as typed.
type selectionFlags struct {
	all      bool
	focus    []string
	up, down bool
	depth    int
	labels   string
	statuses []string
	kinds    []string
}

func (f *selectionFlags) add(set *pflag.FlagSet) {
	set.BoolVar(&f.all, "all", false, "Also show objects without any dependency.")
	set.StringSliceVar(&f.focus, "focus", nil, "Show only these objects (KIND/NAME or KIND/NAMESPACE/NAME), what they need and what needs them; the same as arguments.")
	set.BoolVar(&f.up, "up", false, "Around the objects in focus, show what they need.")
	set.BoolVar(&f.down, "down", false, "Around the objects in focus, show what needs them.")
	set.IntVar(&f.depth, "depth", 0, "Around the objects in focus, show as many steps; 0 shows all.")
	set.StringVarP(&f.labels, "selector", "l", "", "Show the objects with these labels, and what they depend on directly.")
	set.StringSliceVar(&f.statuses, "status", nil, "Show only objects in these states: "+strings.Join(statuses(), ", ")+".")
	set.StringSliceVar(&f.kinds, "kind", nil, "Show only objects of these kinds.")
}

// selection is the part of the graph to show.
type selection struct {
	all      bool
	focus    graph.Focus
	labels   labels.Selector
	statuses []string
	kinds    []string
}

// parse checks the flags. args are objects in focus too; those that state no
// namespace are in the one given, if any.
func (f *selectionFlags) parse(args []string, namespace string) (selection, error) {
	s := selection{all: f.all, statuses: f.statuses}
	var err error
	if s.focus, err = f.parseFocus(slices.Concat(args, f.focus), namespace); err != nil {
		return selection{}, err
	}
	if s.labels, err = labels.Parse(f.labels); err != nil {
		return selection{}, failure.Input(fmt.Errorf("--selector=%q: %w", f.labels, err))
	}
	for _, status := range f.statuses {
		if !slices.Contains(statuses(), status) {
			return selection{}, failure.Input(fmt.Errorf("--status=%q: want one of %s", status, strings.Join(statuses(), ", ")))
		}
	}
	for _, name := range f.kinds {
		kind, err := flux.ParseKind(name)
		if err != nil {
			return selection{}, failure.Input(fmt.Errorf("--kind: %w", err))
		}
		s.kinds = append(s.kinds, kind)
	}
	return s, nil
}

func (f *selectionFlags) parseFocus(texts []string, namespace string) (graph.Focus, error) {
	focus := graph.Focus{Up: f.up, Down: f.down, Depth: f.depth}
	for _, text := range texts {
		pattern, err := flux.ParsePattern(text)
		if err != nil {
			return focus, failure.With(failure.BadInput, err, "objects are named as kustomization/apps or kustomization/flux-system/apps; --help lists the commands")
		}
		if pattern.Namespace == nil && namespace != "" {
			pattern.Namespace = &namespace
		}
		focus.Patterns = append(focus.Patterns, pattern)
	}
	switch {
	case f.depth < 0:
		return focus, failure.Input(fmt.Errorf("--depth=%d: want 0 or more", f.depth))
	case len(focus.Patterns) == 0 && (f.up || f.down || f.depth > 0):
		return focus, failure.With(failure.BadInput, errors.New("--up, --down and --depth need an object to start from"), "name one, as kustomization/apps")
	}
	return focus, nil
}

// check reports objects in focus that the graph does not have. unreadable tells
// of the kinds that could not be read.
func (s selection) check(g *graph.Graph, unreadable map[string]string) error {
	unmatched := s.focus.Unmatched(g)
	if len(unmatched) == 0 {
		return nil
	}
	texts := make([]string, len(unmatched))
	for i, pattern := range unmatched {
		if why, ok := unreadable[pattern.Kind]; ok {
			kind, _ := flux.LookupKind(pattern.Kind)
			return failure.With(failure.Unable, fmt.Errorf("%s: %s", pattern, why),
				fmt.Sprintf("kubectl auth can-i list %s.%s shows whether you may", kind.Plural, kind.Group))
		}
		texts[i] = pattern.String()
	}
	return failure.With(failure.BadInput, fmt.Errorf("%s not found in what was read", strings.Join(texts, ", ")),
		"-o name --all lists what there is")
}

// folds reports whether isolated objects are left out: not where objects were
// asked for by name or state.
func (s selection) folds() bool {
	return !s.all && len(s.focus.Patterns) == 0 && len(s.statuses) == 0
}

// apply returns the part of the graph to show. Labels and focus widen to the
// surroundings, states and kinds narrow what is left.
func (s selection) apply(g *graph.Graph) *graph.Graph {
	if len(s.focus.Patterns) > 0 {
		g = g.Around(s.focus)
	}
	if !s.labels.Empty() {
		g = g.Surroundings(s.labelled, true, false, 1)
	}
	if len(s.statuses)+len(s.kinds) > 0 {
		g = g.Subgraph(s.wants)
	}
	return g
}

func (s selection) labelled(n *graph.Node) bool {
	return n.Object != nil && s.labels.Matches(labels.Set(n.Object.Labels))
}

// wants reports whether the node is of a state and of a kind that were asked
// for.
func (s selection) wants(n *graph.Node) bool {
	ofState := len(s.statuses) == 0 || slices.Contains(s.statuses, string(n.State)) ||
		n.Suspended() && slices.Contains(s.statuses, suspended)
	return ofState && (len(s.kinds) == 0 || slices.Contains(s.kinds, n.Kind))
}

// empty says that no object of the graph is in the part to show, and by which
// flags.
func (s selection) empty(g *graph.Graph) string {
	var flags []string
	if !s.labels.Empty() {
		flags = append(flags, "--selector="+s.labels.String())
	}
	if len(s.statuses) > 0 {
		flags = append(flags, "--status="+strings.Join(s.statuses, ","))
	}
	if len(s.kinds) > 0 {
		flags = append(flags, "--kind="+strings.Join(s.kinds, ","))
	}
	text := fmt.Sprintf("Of %d objects none matches %s", len(g.Nodes), strings.Join(flags, " "))
	if len(g.Nodes) == 1 {
		text = "The only object does not match " + strings.Join(flags, " ")
	}
	if slices.ContainsFunc(s.kinds, flux.IsSource) {
		text += "; --edges=source shows sources"
	}
	return text
}
