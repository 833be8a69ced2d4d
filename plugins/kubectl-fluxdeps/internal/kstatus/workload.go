package kstatus

import (
	"math"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var (
	wanted    = at("spec.replicas", 1)
	replicas  = at("status.replicas", 0)
	updated   = at("status.updatedReplicas", 0)
	ready     = at("status.readyReplicas", 0)
	available = at("status.availableReplicas", 0)
)

var deployment = []rule{
	conditions(outcome{
		kind: "Progressing", reason: "ProgressDeadlineExceeded",
		status: Failed, message: "Progress deadline exceeded",
	}),
	fewer("Replicas", replicas, wanted),
	fewer("Updated", updated, wanted),
	surplus(replicas, wanted),
	fewer("Available", available, updated),
	fewer("Ready", ready, wanted),
	when(progressing, always(InProgress, "ReplicaSet not Available")),
	when(unavailable, always(InProgress, "Deployment not Available")),
	always(Current, "Deployment is available. Replicas: %d", replicas),
}

// progressing reports whether a Deployment has yet to say that its new
// ReplicaSet is there. One without a progress deadline never says so.
func progressing(o *object) bool {
	const noDeadline = math.MaxInt32
	there := conditions(outcome{kind: "Progressing", is: metav1.ConditionTrue, reason: "NewReplicaSetAvailable", status: Current})
	result, _ := there(o)
	return result.Status == "" && at("spec.progressDeadlineSeconds", noDeadline)(o) != noDeadline
}

func unavailable(o *object) bool { return o.condition("Available", metav1.ConditionTrue) == nil }

var replicaSet = []rule{
	conditions(outcome{
		kind: "ReplicaFailure", is: metav1.ConditionTrue,
		status: InProgress, message: "Replica Failure condition. Check Pods",
	}),
	fewer("Labelled", at("status.fullyLabeledReplicas", 0), wanted),
	fewer("Available", available, wanted),
	fewer("Ready", ready, wanted),
	surplus(replicas, wanted),
	always(Current, "ReplicaSet is available. Replicas: %d", replicas),
}

// statefulSet goes by numbers alone: its controller sets no conditions.
var statefulSet = []rule{
	when(has("spec.updateStrategy.type", "OnDelete"),
		always(Current, "StatefulSet is using the ondelete update strategy")),
	fewer("Replicas", replicas, wanted),
	fewer("Ready", ready, wanted),
	surplus(replicas, wanted),
	when(partitioned,
		fewer("updated", updated, beyondPartition),
		always(Current, "Partition rollout complete. updated: %d", updated)),
	fewer("current", at("status.currentReplicas", 0), wanted),
	when(betweenRevisions, always(InProgress, "Waiting for updated revision to match current")),
	always(Current, "All replicas scheduled as expected. Replicas: %d", replicas),
}

const noPartition = -1

// partition is the ordinal from which on a StatefulSet updates its Pods.
var partition = at("spec.updateStrategy.rollingUpdate.partition", noPartition)

func partitioned(o *object) bool { return partition(o) != noPartition }

func beyondPartition(o *object) int64 { return wanted(o) - partition(o) }

func betweenRevisions(o *object) bool {
	return o.text("status.currentRevision", "") != o.text("status.updateRevision", "")
}

// daemonSet insists on the generations, which its controller always sets.
var daemonSet = []rule{
	when(lacks("metadata.generation"), always(InProgress, "DaemonSet metadata.generation not found")),
	when(lacks("status.observedGeneration"), always(InProgress, "DaemonSet status.observedGeneration not found")),
	when(unscheduled, always(InProgress, "Missing .status.desiredNumberScheduled")),
	fewer("Current", at("status.currentNumberScheduled", 0), desired),
	fewer("Updated", at("status.updatedNumberScheduled", 0), desired),
	fewer("Available", at("status.numberAvailable", 0), desired),
	fewer("Ready", at("status.numberReady", 0), desired),
	always(Current, "All replicas scheduled as expected. Replicas: %d", desired),
}

const notCounted = -1

var desired = at("status.desiredNumberScheduled", notCounted)

func unscheduled(o *object) bool { return desired(o) == notCounted }
