package kstatus_test

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

func TestDeployment(t *testing.T) {
	const deadline = "spec: {replicas: 2, progressDeadlineSeconds: 600}, "
	check(t, []known{
		{
			"past its deadline", "apps/v1 Deployment {status: {conditions: [Progressing=False/ProgressDeadlineExceeded/m]}}",
			kstatus.Failed, "Progress deadline exceeded",
		},
		{"one wanted by default", "apps/v1 Deployment {}", kstatus.InProgress, "Replicas: 0/1"},
		{"too few", "apps/v1 Deployment {spec: {replicas: 2}, status: {replicas: 1}}", kstatus.InProgress, "Replicas: 1/2"},
		{
			"too few updated", "apps/v1 Deployment {spec: {replicas: 2}, status: {replicas: 3, updatedReplicas: 1}}",
			kstatus.InProgress, "Updated: 1/2",
		},
		{
			"too many", "apps/v1 Deployment {spec: {replicas: 2}, status: {replicas: 3, updatedReplicas: 2}}",
			kstatus.InProgress, "Pending termination: 1",
		},
		{
			"too few available", "apps/v1 Deployment {spec: {replicas: 2}, status: {replicas: 2, updatedReplicas: 2, availableReplicas: 1}}",
			kstatus.InProgress, "Available: 1/2",
		},
		{
			"too few ready", "apps/v1 Deployment {spec: {replicas: 2}, status: {replicas: 2, updatedReplicas: 2, availableReplicas: 2}}",
			kstatus.InProgress, "Ready: 0/2",
		},
		{
			"progressing", "apps/v1 Deployment {" + deadline + "status: {" + two + ", conditions: [Available=True, Progressing=True/Updated]}}",
			kstatus.InProgress, "ReplicaSet not Available",
		},
		{
			"not progressing", "apps/v1 Deployment {" + deadline + "status: {" + two + ", conditions: [Progressing=False/NewReplicaSetAvailable]}}",
			kstatus.InProgress, "ReplicaSet not Available",
		},
		{
			"unavailable", "apps/v1 Deployment {" + deadline + "status: {" + two +
				", conditions: [Progressing=True/NewReplicaSetAvailable, Available=False]}}",
			kstatus.InProgress, "Deployment not Available",
		},
		{
			"available", "extensions/v1beta1 Deployment {" + deadline + "status: {" + two +
				", conditions: [Progressing=True/x, Progressing=True/NewReplicaSetAvailable, Available=True]}}",
			kstatus.Current, "Deployment is available. Replicas: 2",
		},
		{
			"no deadline", "apps/v1 Deployment {spec: {replicas: 2}, status: {" + two + ", conditions: [Available=True]}}",
			kstatus.Current, "Deployment is available. Replicas: 2",
		},
		{"deadline as good as none", "apps/v1 Deployment {spec: {replicas: 0, progressDeadlineSeconds: 2147483647}, " +
			"status: {conditions: [Available=True]}}", kstatus.Current, "Deployment is available. Replicas: 0"},
	})
}

const two = "replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2, currentReplicas: 2"

func TestReplicaSet(t *testing.T) {
	check(t, []known{
		{
			"failure", "apps/v1 ReplicaSet {status: {conditions: [ReplicaFailure=False, ReplicaFailure=True/r/m]}}",
			kstatus.InProgress, "Replica Failure condition. Check Pods",
		},
		{"too few labelled", "apps/v1 ReplicaSet {}", kstatus.InProgress, "Labelled: 0/1"},
		{"too few available", "apps/v1 ReplicaSet {status: {fullyLabeledReplicas: 1}}", kstatus.InProgress, "Available: 0/1"},
		{
			"too few ready", "apps/v1 ReplicaSet {status: {fullyLabeledReplicas: 1, availableReplicas: 1}}",
			kstatus.InProgress, "Ready: 0/1",
		},
		{"too many", "apps/v1 ReplicaSet {spec: {replicas: 0}, status: {replicas: 2}}", kstatus.InProgress, "Pending termination: 2"},
		{
			"available", "extensions/v1beta1 ReplicaSet {status: {replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1}}",
			kstatus.Current, "ReplicaSet is available. Replicas: 1",
		},
	})
}

func TestStatefulSet(t *testing.T) {
	const partition = "updateStrategy: {rollingUpdate: {partition: 1}}"
	check(t, []known{
		{
			"updated by hand", "apps/v1 StatefulSet {spec: {updateStrategy: {type: OnDelete}}}",
			kstatus.Current, "StatefulSet is using the ondelete update strategy",
		},
		{"too few", "apps/v1 StatefulSet {}", kstatus.InProgress, "Replicas: 0/1"},
		{"too few ready", "apps/v1 StatefulSet {status: {replicas: 2}}", kstatus.InProgress, "Ready: 0/1"},
		{"too many", "apps/v1 StatefulSet {status: {" + two + "}}", kstatus.InProgress, "Pending termination: 1"},
		{
			"partition not updated", "apps/v1 StatefulSet {spec: {replicas: 2, " + partition + "}, status: {replicas: 2, readyReplicas: 2}}",
			kstatus.InProgress, "updated: 0/1",
		},
		{
			"partition updated", "apps/v1 StatefulSet {spec: {replicas: 2, " + partition + "}, status: {replicas: 2, readyReplicas: 2, updatedReplicas: 1}}",
			kstatus.Current, "Partition rollout complete. updated: 1",
		},
		{"too few current", "apps/v1 StatefulSet {status: {replicas: 1, readyReplicas: 1}}", kstatus.InProgress, "current: 0/1"},
		{
			"between revisions", "apps/v1 StatefulSet {spec: {replicas: 2}, status: {" + two + ", currentRevision: a, updateRevision: b}}",
			kstatus.InProgress, "Waiting for updated revision to match current",
		},
		{
			"as wanted", "apps/v1 StatefulSet {spec: {replicas: 2}, status: {" + two + ", currentRevision: a, updateRevision: a}}",
			kstatus.Current, "All replicas scheduled as expected. Replicas: 2",
		},
		{
			"numbers that are none", "apps/v1 StatefulSet {spec: {replicas: 0.5}, status: {replicas: '1', readyReplicas: null}}",
			kstatus.InProgress, "Replicas: 0/1",
		},
	})
}

func TestDaemonSet(t *testing.T) {
	const observed = "apps/v1 DaemonSet {metadata: {generation: 1}, status: {observedGeneration: 1"
	check(t, []known{
		{"no generation", "apps/v1 DaemonSet {}", kstatus.InProgress, "DaemonSet metadata.generation not found"},
		{
			"not observed", "apps/v1 DaemonSet {metadata: {generation: 1}}",
			kstatus.InProgress, "DaemonSet status.observedGeneration not found",
		},
		{"nothing counted", observed + "}}", kstatus.InProgress, "Missing .status.desiredNumberScheduled"},
		{"too few", observed + ", desiredNumberScheduled: 1}}", kstatus.InProgress, "Current: 0/1"},
		{"too few updated", observed + ", desiredNumberScheduled: 1, currentNumberScheduled: 1}}", kstatus.InProgress, "Updated: 0/1"},
		{
			"too few available", observed + ", desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1}}",
			kstatus.InProgress, "Available: 0/1",
		},
		{
			"too few ready", observed + ", desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1}}",
			kstatus.InProgress, "Ready: 0/1",
		},
		{"as wanted", observed + ", desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1, " +
			"numberAvailable: 1, numberReady: 1}}", kstatus.Current, "All replicas scheduled as expected. Replicas: 1"},
		{
			"no nodes", "extensions/v1beta1 DaemonSet {metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 0}}",
			kstatus.Current, "All replicas scheduled as expected. Replicas: 0",
		},
	})
}
