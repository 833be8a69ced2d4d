package main

import (
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The load: namespaces of a hundred Kustomizations in five layers, the first
// namespace a platform that the others stand on, all from one source. A list of
// 10 000 takes about 25 MB.
const (
	perNamespace  = 100
	perLayer      = 20
	fluxNamespace = "flux-system"
	sourceName    = "fleet"
	revision      = "main@sha1:5f1d2c3b4a59687786950413223140fedcba9876"
	appliedAt     = "2026-11-20T10:00:00Z"
)

type object = map[string]any

func namespaceOf(i int) string {
	if i < perNamespace {
		return fluxNamespace
	}
	return fmt.Sprintf("tenant-%03d", i/perNamespace)
}

func nameOf(i int) string {
	layers := []string{"crds", "infra", "database", "apps", "ingress"}
	at := i % perNamespace
	return fmt.Sprintf("%s-%02d", layers[at/perLayer], at%perLayer)
}

// kustomization returns the i-th Kustomization, without its status.
func kustomization(i int) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1",
		"kind":       "Kustomization",
		"metadata": object{
			"namespace": namespaceOf(i), "name": nameOf(i),
			"labels": object{
				"kustomize.toolkit.fluxcd.io/name":      "cluster",
				"kustomize.toolkit.fluxcd.io/namespace": fluxNamespace,
			},
		},
		"spec": object{
			"interval": "10m", "prune": true, "wait": true,
			"path":      "./" + namespaceOf(i) + "/" + nameOf(i),
			"sourceRef": object{"kind": "GitRepository", "name": sourceName, "namespace": fluxNamespace},
			"dependsOn": dependsOn(i),
		},
	}}
}

// dependsOn names two objects of the layer below, now and then one from two
// layers below, and at the ground an object of the platform.
func dependsOn(i int) []any {
	var entries []any
	at := i % perNamespace
	switch layer := at / perLayer; {
	case layer == 0 && i >= perNamespace:
		entries = append(entries, object{"namespace": fluxNamespace, "name": nameOf(i / perNamespace % perNamespace)})
	case layer > 0:
		below := i - at + (layer-1)*perLayer
		entries = append(entries,
			object{"name": nameOf(below + at%perLayer)}, object{"name": nameOf(below + (at*7+1)%perLayer)})
		if layer > 1 && at%5 == 0 {
			entries = append(entries, object{"name": nameOf(below - perLayer + at%perLayer)})
		}
	}
	return entries
}

// statusOf is what kustomize-controller would write; every fiftieth object has
// failed.
func statusOf(i int) object {
	status, reason, message := "True", "ReconciliationSucceeded", "Applied revision: "+revision
	if i%50 == 49 {
		status, reason, message = "False", "HealthCheckFailed", "health check failed after 30s: timeout waiting for: [Deployment/"+
			namespaceOf(i)+"/"+nameOf(i)+" status: 'InProgress']"
	}
	return object{
		"observedGeneration":    int64(1),
		"lastAppliedRevision":   revision,
		"lastAttemptedRevision": revision,
		"conditions":            []any{condition("Ready", status, reason, message)},
		"history": []any{object{
			"digest":          "sha256:43e1a1d0c8cbb1f5e7c1c1b6a2a1f0a94d1f7d6b1b0a3c5e7f9b2d4c6e8f0a1b",
			"firstReconciled": appliedAt, "lastReconciled": appliedAt, "lastReconciledDuration": "1.2s",
			"lastReconciledStatus": reason, "totalReconciliations": int64(12), "metadata": object{"revision": revision},
		}},
		"inventory": object{"entries": inventory(i)},
	}
}

func condition(kind, status, reason, message string) object {
	return object{
		"type": kind, "status": status, "reason": reason, "message": message,
		"observedGeneration": int64(1), "lastTransitionTime": appliedAt,
	}
}

func inventory(i int) []any {
	var entries []any
	for n := range 2 + i%8 {
		kind, version := "apps_Deployment", "v1"
		if n%2 == 1 {
			kind = "_ConfigMap"
		}
		entries = append(entries, object{
			"id": namespaceOf(i) + "_" + nameOf(i) + "-" + strconv.Itoa(n) + "_" + kind, "v": version,
		})
	}
	return entries
}

// source is the GitRepository of all Kustomizations.
func source() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "source.toolkit.fluxcd.io/v1",
		"kind":       "GitRepository",
		"metadata":   object{"namespace": fluxNamespace, "name": sourceName},
		"spec":       object{"interval": "10m", "url": "https://example.com/fleet.git"},
	}}
}

func sourceStatus() object {
	return object{
		"observedGeneration": int64(1),
		"conditions":         []any{condition("Ready", "True", "Succeeded", "stored artifact for revision '"+revision+"'")},
		"artifact": object{
			"digest": "sha256:43e1a1d0c8cbb1f5e7c1c1b6a2a1f0a94d1f7d6b1b0a3c5e7f9b2d4c6e8f0a1b",
			"path":   "gitrepository/flux-system/fleet/5f1d2c3b.tar.gz", "revision": revision,
			"lastUpdateTime": appliedAt, "url": "http://example.com/fleet.tar.gz",
		},
	}
}
