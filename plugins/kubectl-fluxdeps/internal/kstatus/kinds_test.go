package kstatus_test

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

func TestPod(t *testing.T) {
	const unschedulable = "status: {phase: Pending, conditions: [PodScheduled=False/Unschedulable]}}"
	check(t, []known{
		{"not seen yet", "v1 Pod {}", kstatus.InProgress, "Pod phase not available"},
		{"phase no string", "v1 Pod {status: {phase: 1}}", kstatus.InProgress, "Pod phase not available"},
		{"unknown phase", "v1 Pod {status: {phase: Gone}}", failure, "unknown phase Gone"},
		{"succeeded", "v1 Pod {status: {phase: Succeeded}}", kstatus.Current, "Pod has completed successfully"},
		{"failed", "v1 Pod {status: {phase: Failed}}", kstatus.Current, "Pod has completed, but not successfully"},
		{"ready", "v1 Pod {status: {phase: Running, conditions: [Ready=False, Ready=True]}}", kstatus.Current, "Pod is Ready"},
		{
			"not ready", "v1 Pod {status: {phase: Running, conditions: [Ready=False]}}",
			kstatus.InProgress, "Pod is running but is not Ready",
		},
		{"pending", "v1 Pod {status: {phase: Pending}}", kstatus.InProgress, "Pod is in the Pending phase"},
		{
			"scheduled", "v1 Pod {status: {phase: Pending, conditions: [PodScheduled=True/Unschedulable]}}",
			kstatus.InProgress, "Pod is in the Pending phase",
		},
		{
			"first of two reasons counts", "v1 Pod {status: {phase: Pending, conditions: [PodScheduled=False/x, PodScheduled=False/Unschedulable]}}",
			kstatus.InProgress, "Pod is in the Pending phase",
		},
		{
			"unschedulable, new", "v1 Pod {metadata: {creationTimestamp: '2100-01-01T00:00:00Z'}, " + unschedulable,
			kstatus.InProgress, "Pod has not been scheduled",
		},
		{
			"unschedulable, old", "v1 Pod {metadata: {creationTimestamp: '2020-01-01T00:00:00Z'}, " + unschedulable,
			kstatus.Failed, "Pod could not be scheduled",
		},
		{"unschedulable, of no age", "v1 Pod {" + unschedulable, kstatus.Failed, "Pod could not be scheduled"},
	})
}

func TestCrashLoop(t *testing.T) {
	const (
		running  = "v1 Pod {status: {phase: Running, containerStatuses: "
		crashing = "state: {waiting: {reason: CrashLoopBackOff}}"
		notReady = "Pod is running but is not Ready"
	)
	check(t, []known{
		{
			"two of three", running + "[{name: a, " + crashing + "}, {name: b, state: {running: {}}}, {name: c, " + crashing + "}]}}",
			kstatus.Failed, "Containers in CrashLoop state: a,c",
		},
		{"other reason", running + "[{name: a, state: {waiting: {reason: ErrImagePull}}}]}}", kstatus.InProgress, notReady},
		{"no reason", running + "[{name: a, state: {waiting: {}}}]}}", kstatus.InProgress, notReady},
		{"no state", running + "[{name: a}]}}", kstatus.InProgress, notReady},
		{"no name", running + "[{" + crashing + "}]}}", kstatus.InProgress, notReady},
		{"empty name", running + "[{name: '', " + crashing + "}]}}", kstatus.Failed, "Containers in CrashLoop state: "},
		{"no containers", running + "[]}}", kstatus.InProgress, notReady},
		{
			"containers no list", running + "x}}", failure,
			".status.containerStatuses accessor error: x is of the type string, expected []interface{}",
		},
		{"where kstatus panics: container no map", running + "[x]}}", kstatus.InProgress, notReady},
		{"where kstatus panics: null state", running + "[{name: a, state: null}]}}", kstatus.InProgress, notReady},
		{
			"where kstatus panics: name no string", running + "[{name: 1}]}}", failure,
			".name accessor error: 1 is of the type int64, expected string",
		},
		{
			"where kstatus panics: reason no string", running + "[{name: a, state: {waiting: {reason: 1}}}]}}", failure,
			".state.waiting.reason accessor error: 1 is of the type int64, expected string",
		},
	})
}

func TestJob(t *testing.T) {
	check(t, []known{
		{
			"complete", "batch/v1 Job {spec: {completions: 3, parallelism: 2}, status: {succeeded: 3, conditions: [Complete=True]}}",
			kstatus.Current, "Job Completed. succeeded: 3/3",
		},
		{
			"as many completions as in parallel", "batch/v1 Job {spec: {parallelism: 2}, status: {succeeded: 2, conditions: [Complete=True]}}",
			kstatus.Current, "Job Completed. succeeded: 2/2",
		},
		{"failed", "batch/v1 Job {status: {failed: 4, conditions: [Complete=False, Failed=True]}}", kstatus.Failed, "Job Failed. failed: 4/1"},
		{"not failed", "batch/v1 Job {status: {conditions: [Failed=False]}}", kstatus.InProgress, "Job not started"},
		{"not started", "batch/v1 Job {}", kstatus.InProgress, "Job not started"},
		{
			"started", "batch/v1 Job {status: {startTime: x, succeeded: 1, active: 2, failed: 3}}",
			kstatus.Current, "Job in progress. success:1, active: 2, failed: 3",
		},
	})
}

func TestCustomResourceDefinition(t *testing.T) {
	const crd = "apiextensions.k8s.io/v1 CustomResourceDefinition {status: {conditions: "
	check(t, []known{
		{"new", crd + "[]}}", kstatus.InProgress, "Install in progress"},
		{"names taken", crd + "[NamesAccepted=False/r/m, Established=True]}}", kstatus.Failed, "m"},
		{"installing", crd + "[NamesAccepted=True, Established=False/Installing/m]}}", kstatus.InProgress, "Install in progress"},
		{"installing, then names taken", crd + "[Established=False/Installing, NamesAccepted=False/r/m]}}", kstatus.Failed, "m"},
		{"not established", crd + "[Established=False/r/m]}}", kstatus.Failed, "m"},
		{"not known", crd + "[Established=Unknown]}}", kstatus.InProgress, "Install in progress"},
		{"established", crd + "[NamesAccepted=True, Established=True]}}", kstatus.Current, "CRD is established"},
	})
}

func TestSmallKinds(t *testing.T) {
	check(t, []known{
		{"Service", "v1 Service {}", kstatus.Current, "Service is ready"},
		{
			"load balancer without IP", "v1 Service {spec: {type: LoadBalancer}}",
			kstatus.InProgress, "ClusterIP not set. Service type: LoadBalancer",
		},
		{"load balancer", "v1 Service {spec: {type: LoadBalancer, clusterIP: 10.0.0.1}}", kstatus.Current, "Service is ready"},
		{"claim bound", "v1 PersistentVolumeClaim {status: {phase: Bound}}", kstatus.Current, "PVC is Bound"},
		{"claim pending", "v1 PersistentVolumeClaim {status: {phase: Pending}}", kstatus.InProgress, "PVC is not Bound. phase: Pending"},
		{"claim of no phase", "v1 PersistentVolumeClaim {}", kstatus.InProgress, "PVC is not Bound. phase: unknown"},
		{"claim of an empty phase", "v1 PersistentVolumeClaim {status: {phase: ''}}", kstatus.InProgress, "PVC is not Bound. phase: "},
		{"budget", "policy/v1 PodDisruptionBudget {}", kstatus.Current, "AllowedDisruptions has been computed."},
		{"ConfigMap", "v1 ConfigMap {}", kstatus.Current, "Resource is always ready"},
		{"Secret", "v1 Secret {status: {conditions: [Ready=False]}}", kstatus.Current, "Resource is always ready"},
		{"CronJob", "batch/v1 CronJob {}", kstatus.Current, "Resource is always ready"},
	})
}
