package render

import (
	"cmp"
	"errors"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// Grouping is what --group-by takes. It is a pflag.Value.
type Grouping string

// The groupings.
const (
	Ungrouped   Grouping = ""
	ByNamespace Grouping = "namespace"
	BySource    Grouping = "source"
)

// String returns the grouping.
func (g *Grouping) String() string { return string(*g) }

// Type names the flag's values in help texts.
func (g *Grouping) Type() string { return "namespace|source" }

// Set takes one of the groupings.
func (g *Grouping) Set(text string) error {
	switch grouping := Grouping(text); grouping {
	case Ungrouped, ByNamespace, BySource:
		*g = grouping
		return nil
	default:
		return errors.New("want namespace or source")
	}
}

// group is a part of the picture with a title.
type group struct {
	title string
	ids   []flux.ID
}

// split puts the nodes into groups, in the order of their titles; one group
// without a title where there is no grouping.
func (g Grouping) split(nodes []*graph.Node) []group {
	members := map[string][]flux.ID{}
	for _, node := range nodes {
		title := g.title(node)
		members[title] = append(members[title], node.ID)
	}
	var groups []group
	for title, ids := range members {
		groups = append(groups, group{title, ids})
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.title, b.title) })
	return groups
}

// forText groups by namespace where there is only one: then it is said once.
func (g Grouping) forText(nodes []*graph.Node, o Options) Grouping {
	if g != Ungrouped || o.NoHeaders || len(nodes) == 0 {
		return g
	}
	first := nodes[0].Namespace
	if first == "" || slices.ContainsFunc(nodes, func(n *graph.Node) bool { return n.Namespace != first }) {
		return g
	}
	return ByNamespace
}

func (g Grouping) title(node *graph.Node) string {
	switch {
	case g == ByNamespace && node.Namespace == "":
		return "no namespace"
	case g == ByNamespace:
		return "namespace " + node.Namespace
	case g != BySource:
		return ""
	case flux.IsSource(node.Kind):
		return "source " + shortName(node.ID)
	case node.Object != nil && node.Object.Source != nil:
		return "source " + shortName(node.Object.Source.In(node.Namespace))
	default:
		return "no source"
	}
}
