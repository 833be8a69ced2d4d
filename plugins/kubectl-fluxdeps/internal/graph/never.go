package graph

import (
	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// findNever finds the objects that were never reconciled.
func (b *builder) findNever(g *Graph) {
	for _, node := range g.Nodes {
		if node.Object != nil && node.HasDependsOn() && verdict.IsNever(node.Object) {
			never := b.judge.NeverReconciled(node.Object)
			node.Never = &never
		}
	}
}

// findSuspendedWaits finds the suspended objects that a health check waits for:
// it does until its timeout, each time anew.
func (b *builder) findSuspendedWaits(g *Graph) {
	for _, node := range g.Nodes {
		if node.Object == nil || !unhealthy(node.Object) {
			continue
		}
		for _, health := range b.health(node.Object) {
			if target := b.index.Get(health.id); target != nil && target.Suspended && !isReady(target) {
				node.SuspendedWaits = append(node.SuspendedWaits, health.id)
			}
		}
	}
}

// unhealthy reports whether a health check of the object runs or has failed.
func unhealthy(object *flux.Object) bool {
	condition := object.Status.Condition(meta.ReadyCondition)
	return condition != nil && (condition.Status == "Unknown" || condition.Reason == meta.HealthCheckFailedReason)
}

func isReady(object *flux.Object) bool {
	condition := object.Status.Condition(meta.ReadyCondition)
	return condition != nil && condition.Status == "True"
}
