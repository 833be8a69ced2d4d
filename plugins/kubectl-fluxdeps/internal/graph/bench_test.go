package graph

import (
	"fmt"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// BenchmarkBuild builds the graph of 10 000 Kustomizations in five layers,
// ordered as an API server lists them.
func BenchmarkBuild(b *testing.B) {
	snapshot := &flux.Snapshot{Live: true}
	for i := range 10_000 {
		namespace := fmt.Sprintf("tenant-%03d", i/100)
		name := func(layer, n int) string { return fmt.Sprintf("%c-%02d", 'a'+layer, n%20) }
		layer := i % 100 / 20
		object := flux.Object{
			ID:     flux.ID{Kind: flux.Kustomization, Namespace: namespace, Name: name(layer, i)},
			Status: &flux.Status{Conditions: []flux.Condition{{Type: "Ready", Status: "True"}}},
		}
		if layer > 0 {
			object.DependsOn = []flux.Dependency{{Name: name(layer-1, i)}, {Name: name(layer-1, i*7+1)}}
		}
		snapshot.Objects = append(snapshot.Objects, object)
	}
	b.ReportAllocs()
	for b.Loop() {
		Build(b.Context(), snapshot, DependsOn)
	}
}
