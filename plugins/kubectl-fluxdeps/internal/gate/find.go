package gate

import (
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// objects finds objects that are stated twice and expressions that do not
// compile, and counts the rest.
func (c *checker) objects() {
	seen, compiled := map[flux.ID]*flux.Object{}, map[expression]error{}
	for i := range c.Snapshot.Objects {
		o := &c.Snapshot.Objects[i]
		if !flux.HasDependsOn(o.Kind) || !c.Shown(o.ID) {
			continue
		}
		if before := seen[o.ID]; before != nil {
			c.find(flux.Remark{Rule: flux.RuleDuplicate, Object: o.ID.String(), Origin: o.Origin, Text: "was read before" + at(before.Origin)})
			continue
		}
		seen[o.ID] = o
		if !c.unclear[o.ID.String()] {
			c.report.Checked.Objects++
		}
		c.expressions(o, compiled)
	}
}

func at(origin *flux.Origin) string {
	if origin == nil {
		return ""
	}
	return " at " + origin.String()
}

// expression holds the inputs of a compilation.
type expression struct {
	text       string
	ofSet, set bool
}

func (c *checker) expressions(o *flux.Object, compiled map[expression]error) {
	for _, dep := range o.DependsOn {
		key := expression{dep.ReadyExpr, o.Kind == flux.ResourceSet, dep.Ready}
		err, known := compiled[key]
		if !known {
			err = verdict.CompileError(o, dep)
			compiled[key] = err
		}
		if err != nil {
			c.find(flux.Remark{
				Rule: flux.RuleExpression, Object: o.ID.String(), Origin: entry(o, dep.File, dep.Line),
				Text: fmt.Sprintf("the readyExpr of its dependency on %s does not compile: %s", dep.Name, err),
			})
		}
	}
}

// entry is where an entry of the object's dependsOn stands; where that is not
// known, the object.
func entry(o *flux.Object, file string, line int) *flux.Origin {
	switch {
	case file != "":
		return &flux.Origin{File: file, Line: line}
	case o.Origin == nil || line == 0:
		return o.Origin
	default:
		return &flux.Origin{File: o.Origin.File, Line: line}
	}
}

// edges finds the dependencies that are not there, and counts the rest.
func (c *checker) edges() {
	for _, edge := range c.Graph.Edges {
		if edge.Type != graph.DependsOn || !c.Shown(edge.From) {
			continue
		}
		r := flux.Remark{Object: edge.From.String(), Origin: c.origin(edge), Text: about(edge)}
		if r.Rule = unclear(edge); r.Rule != "" {
			c.report.NotChecked.Edges++
			c.report.Unchecked = append(c.report.Unchecked, r)
			continue
		}
		c.report.Checked.Edges++
		if r.Rule = broken(edge); r.Rule != "" {
			c.find(r)
		}
	}
}

// unclear is the rule by which an edge could not be checked; empty where it was.
func unclear(edge *graph.Edge) flux.Rule {
	switch {
	case edge.External:
		return flux.RuleExternal
	case edge.Unchecked && verdict.IsPlaceholder(edge.To.Name+edge.To.Namespace):
		return flux.RuleVariable
	case edge.Unchecked:
		return flux.RuleAmbiguous
	case edge.Verdict == verdict.Forbidden:
		return flux.RuleForbidden
	default:
		return ""
	}
}

// broken is the rule that an edge breaks; empty for none.
func broken(edge *graph.Edge) flux.Rule {
	switch edge.Verdict {
	case verdict.Missing:
		return flux.RuleMissing
	case verdict.WrongKind:
		return flux.RuleWrongKind
	default:
		return ""
	}
}

func about(edge *graph.Edge) string {
	text := "depends on " + name(edge.To)
	for _, part := range []string{edge.Detail, edge.Hint} {
		if part != "" {
			text += "; " + part
		}
	}
	return text
}

// name is an ID without a namespace that is not known.
func name(id flux.ID) string {
	if id.Namespace == "" {
		return id.Type() + "/" + id.Name
	}
	return id.String()
}

func (c *checker) origin(edge *graph.Edge) *flux.Origin {
	node := c.Graph.Node(edge.From)
	if node == nil || node.Object == nil {
		return nil
	}
	return entry(node.Object, edge.File, edge.Line)
}
