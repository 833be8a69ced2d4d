package kstatus_test

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// field is a field that rules look at, with a maker of random values.
type field struct {
	path  string
	value func(*rand.Rand) any
}

// everywhere are the fields that generic rules look at; generations mostly
// agree, and deletion is rare.
var everywhere = []field{
	oneOf("metadata.deletionTimestamp", slices.Repeat([]any{""}, 20), "2020-01-01T00:00:00Z"),
	oneOf("metadata.generation", slices.Repeat([]any{int64(1)}, 8), int64(2)),
	oneOf("status.observedGeneration", slices.Repeat([]any{int64(1)}, 8), int64(2)),
	conditionsOf("Ready", "r"),
}

// fields are those that the rules of a kind look at, by apiVersion and kind.
var fields = map[string][]field{
	"a/v1 B":       nil,
	"a/v1 Pod":     podFields,
	"a/b/c Pod":    podFields,
	"v1 Pod":       podFields,
	"v1 ConfigMap": nil,
	"v1 Secret":    nil,
	"v1 Service": {
		oneOf("spec.type", nil, "ClusterIP", "LoadBalancer", "LoadBalancer"),
		oneOf("spec.clusterIP", nil, "", "10.0.0.1"),
	},
	"v1 PersistentVolumeClaim":      {oneOf("status.phase", nil, "Bound", "Pending", "Lost", "")},
	"policy/v1 PodDisruptionBudget": nil,
	"batch/v1 CronJob":              nil,
	"batch/v1 Job": append(numbers("spec.parallelism spec.completions status.succeeded status.active status.failed"),
		oneOf("status.startTime", nil, "", "2020-01-01T00:00:00Z"),
		conditionsOf("Complete Failed", "r")),
	"apps/v1 Deployment":            deploymentFields,
	"extensions/v1beta1 Deployment": deploymentFields,
	"apps/v1 ReplicaSet":            replicaSetFields,
	"extensions/v1beta1 ReplicaSet": replicaSetFields,
	"apps/v1 StatefulSet": append(numbers(replicaFields+" status.currentReplicas"),
		oneOf("spec.updateStrategy.type", nil, "RollingUpdate", "RollingUpdate", "RollingUpdate", "OnDelete"),
		oneOf("spec.updateStrategy.rollingUpdate.partition", nil, nil, nil, int64(-1), int64(0), int64(1), int64(3)),
		oneOf("status.currentRevision", nil, "a", "b"),
		oneOf("status.updateRevision", nil, "a", "b")),
	"apps/v1 DaemonSet":            daemonSetFields,
	"extensions/v1beta1 DaemonSet": daemonSetFields,
	"apiextensions.k8s.io/v1 CustomResourceDefinition": {
		conditionsOf("NamesAccepted Established Established", "Installing r"),
	},
}

const replicaFields = "spec.replicas status.replicas status.updatedReplicas status.readyReplicas status.availableReplicas"

var (
	deploymentFields = append(numbers(replicaFields),
		oneOf("spec.progressDeadlineSeconds", nil, int64(600), int64(1<<31-1)),
		conditionsOf("Progressing Progressing Available", "NewReplicaSetAvailable NewReplicaSetAvailable ProgressDeadlineExceeded r"))
	replicaSetFields = append(numbers(replicaFields+" status.fullyLabeledReplicas"), conditionsOf("ReplicaFailure x", "r"))
	daemonSetFields  = numbers("status.desiredNumberScheduled status.currentNumberScheduled " +
		"status.updatedNumberScheduled status.numberAvailable status.numberReady")
	podFields = []field{
		oneOf("status.phase", nil, "Running", "Running", "Pending", "Pending", "Succeeded", "Failed", "", "Gone"),
		oneOf("metadata.creationTimestamp", nil, "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "x", ""),
		conditionsOf("Ready PodScheduled PodScheduled", "Unschedulable Unschedulable r"),
		{"status.containerStatuses", containers},
	}
)

func numbers(paths string) []field {
	var all []field
	for _, path := range strings.Fields(paths) {
		all = append(all, oneOf(path, nil, int64(0), int64(1), int64(2)))
	}
	return all
}

func oneOf(path string, likely []any, values ...any) field {
	values = append(likely, values...)
	return field{path, func(r *rand.Rand) any { return pick(r, values) }}
}

// conditionsOf makes up to four conditions of the given types and reasons, now
// and then of another.
func conditionsOf(types, reasons string) field {
	kinds := append(slices.Repeat(strings.Fields(types), 8), "Reconciling", "Stalled", "Ready", "")
	statuses := []any{"True", "True", "True", "False", "False", "Unknown", "x"}
	return field{"status.conditions", func(r *rand.Rand) any {
		list := []any{}
		for range r.IntN(5) {
			c := map[string]any{
				"type": pick(r, kinds), "status": pick(r, statuses),
				"reason": pick(r, strings.Fields(reasons)), "message": pick(r, []string{"m", "n", ""}),
			}
			if r.IntN(150) == 0 {
				c[pick(r, []string{"type", "status", "reason", "message"})] = pick(r, odd)
			}
			list = append(list, c)
		}
		return list
	}}
}

// containers makes up to three container statuses, some of them malformed.
func containers(r *rand.Rand) any {
	list := []any{}
	for range r.IntN(4) {
		container := map[string]any{}
		set(container, pick(r, []any{"a", "b"}), []string{"name"})
		set(container, pick(r, []any{"CrashLoopBackOff", "ErrImagePull"}), []string{"state", "waiting", "reason"})
		if r.IntN(8) == 0 {
			set(container, pick(r, odd), pick(r, [][]string{{"name"}, {"state"}, {"state", "waiting"}, {"state", "waiting", "reason"}}))
		}
		list = append(list, container)
	}
	return list
}
