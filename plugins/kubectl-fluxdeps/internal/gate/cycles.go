package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// cycles finds the cycles that an object which was asked for is part of.
func (c *checker) cycles() {
	for _, cycle := range c.Graph.Cycles {
		if slices.ContainsFunc(cycle, c.Shown) {
			c.find(flux.Remark{
				Rule: flux.RuleCycle, Object: cycle[0].String(), Origin: c.closes(cycle),
				Text: "each waits for the next: " + round(cycle),
			})
		}
	}
}

// round shows a cycle, which ends where it begins.
func round(cycle []flux.ID) string {
	names := make([]string, 0, len(cycle)+1)
	for _, id := range cycle {
		names = append(names, name(id))
	}
	return strings.Join(append(names, names[0]), " → ")
}

// closes is the place of the first object's dependency on the second.
func (c *checker) closes(cycle []flux.ID) *flux.Origin {
	next := cycle[1%len(cycle)]
	for _, edge := range c.Graph.Needs(cycle[0]) {
		if edge.To == next && edge.Type == graph.DependsOn {
			return c.origin(edge)
		}
	}
	return nil
}

// deadlocks finds the deadlocks that an object which was asked for is part of.
func (c *checker) deadlocks() {
	for _, deadlock := range c.Graph.Deadlocks {
		if !slices.ContainsFunc(deadlock, func(w graph.Wait) bool { return c.Shown(w.From) }) {
			continue
		}
		steps := make([]string, len(deadlock))
		for i, wait := range deadlock {
			steps[i] = fmt.Sprintf("%s %s %s", name(wait.From), how(wait.Type), name(wait.To))
		}
		c.find(flux.Remark{
			Rule: flux.RuleDeadlock, Object: deadlock[0].From.String(), Origin: c.begins(deadlock),
			Text: "each waits for the next: " + strings.Join(steps, ", "),
		})
	}
}

// how is the verb of a wait.
func how(t graph.EdgeType) string {
	switch t {
	case graph.Health:
		return "waits for the health of"
	case graph.Parent:
		return "is applied by"
	default:
		return "depends on"
	}
}

// begins is the place of a dependsOn of the deadlock, else that of its first object.
func (c *checker) begins(deadlock graph.Deadlock) *flux.Origin {
	for _, wait := range deadlock {
		if wait.Type == graph.DependsOn {
			if origin := c.closes([]flux.ID{wait.From, wait.To}); origin != nil {
				return origin
			}
		}
	}
	if node := c.Graph.Node(deadlock[0].From); node != nil && node.Object != nil {
		return node.Object.Origin
	}
	return nil
}

// frozen finds the cycles that freeze a source and are none of objects that wait
// for each other: with a readyExpr, the controller's sort has a cycle all the same.
func (c *checker) frozen() {
	for _, source := range c.Graph.Frozen {
		for _, cycle := range source.Cycles {
			if !slices.ContainsFunc(cycle, c.Shown) || c.isCycle(cycle) {
				continue
			}
			c.find(flux.Remark{
				Rule: flux.RuleFrozen, Object: cycle[0].String(), Origin: c.closes(cycle),
				Text: fmt.Sprintf("new revisions of %s reach none of its Kustomizations before their interval, because of the cycle %s", name(source.Source), round(cycle)),
			})
		}
	}
}

func (c *checker) isCycle(cycle []flux.ID) bool {
	return slices.ContainsFunc(c.Graph.Cycles, func(known []flux.ID) bool {
		return slices.ContainsFunc(known, func(id flux.ID) bool { return slices.Contains(cycle, id) })
	})
}
