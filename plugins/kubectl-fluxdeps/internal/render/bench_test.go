package render_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// layered returns the graph of n objects, of which each depends on two of the
// layer before.
func layered(b *testing.B, n int) *graph.Graph {
	b.Helper()
	const layer = 100
	ready := &flux.Status{
		ObservedGeneration: 1,
		Conditions:         []flux.Condition{{Type: "Ready", Status: "True", LastTransitionTime: "2026-01-01T11:00:00Z"}},
	}
	snapshot := &flux.Snapshot{Live: true}
	for i := range n {
		object := flux.Object{
			ID:         flux.ID{Kind: flux.Kustomization, Namespace: fmt.Sprintf("team-%02d", i%40), Name: fmt.Sprintf("app-%05d", i)},
			Generation: 1, Status: ready,
		}
		for _, j := range []int{i - layer, i - layer - 7} {
			if j >= 0 {
				object.DependsOn = append(object.DependsOn, flux.Dependency{Namespace: fmt.Sprintf("team-%02d", j%40), Name: fmt.Sprintf("app-%05d", j)})
			}
		}
		snapshot.Objects = append(snapshot.Objects, object)
	}
	return graph.Build(b.Context(), snapshot, graph.DependsOn)
}

func BenchmarkWrite(b *testing.B) {
	g := layered(b, 10_000).Reduced()
	for _, format := range []string{"text", "dot", "mermaid", "json"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := render.Write(io.Discard, g, render.Options{Format: format, Now: noon()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
