package render

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// documentFindings adds what was found of several objects at once.
func documentFindings(doc *v1alpha1.DependencyGraph, g *graph.Graph) {
	for _, deadlock := range g.Deadlocks {
		var out v1alpha1.Deadlock
		for _, wait := range deadlock {
			out.Waits = append(out.Waits, v1alpha1.Wait{From: wait.From.String(), To: wait.To.String(), Type: string(wait.Type)})
		}
		doc.Deadlocks = append(doc.Deadlocks, out)
	}
	for _, frozen := range g.Frozen {
		doc.FrozenSources = append(doc.FrozenSources, v1alpha1.FrozenSource{
			Source: frozen.Source.String(), Shard: frozen.Shard, Cycles: idLists(frozen.Cycles),
			Users: ids(frozen.Users), Behind: ids(frozen.Behind),
		})
	}
	for _, starved := range g.Starved {
		doc.StarvedWorkers = append(doc.StarvedWorkers, v1alpha1.StarvedWorkers{
			Controller: flux.ControllerName(flux.Kustomization), Shard: starved.Shard, Workers: starved.Workers,
			Parents: ids(starved.Parents), Children: ids(starved.Children),
		})
	}
}

func documentNever(never *verdict.Never) *v1alpha1.NeverReconciled {
	if never == nil {
		return nil
	}
	return &v1alpha1.NeverReconciled{Since: known(never.Since), Why: never.Why}
}

func documentBehind(behind *graph.Behind) *v1alpha1.Behind {
	if behind == nil {
		return nil
	}
	return &v1alpha1.Behind{
		Source: behind.Source.String(), From: behind.From, To: behind.To, Since: known(behind.Since),
		Why: string(behind.Why), Cycle: ids(behind.Cycle), Interval: behind.Interval,
	}
}

func idLists(lists [][]flux.ID) [][]string {
	var out [][]string
	for _, list := range lists {
		out = append(out, ids(list))
	}
	return out
}
