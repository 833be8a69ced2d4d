package kstatus

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// byKind holds the rules for the kinds that have their own, by group and kind.
// The last rule of each decides whatever is left.
var byKind = map[string][]rule{
	"ConfigMap":     alwaysReady,
	"Secret":        alwaysReady,
	"batch/CronJob": alwaysReady,

	"apps/DaemonSet":         daemonSet,
	"extensions/DaemonSet":   daemonSet,
	"apps/Deployment":        deployment,
	"extensions/Deployment":  deployment,
	"apps/ReplicaSet":        replicaSet,
	"extensions/ReplicaSet":  replicaSet,
	"apps/StatefulSet":       statefulSet,
	"Pod":                    pod,
	"batch/Job":              job,
	"Service":                service,
	"PersistentVolumeClaim":  persistentVolumeClaim,
	customResourceDefinition: definition,

	// What counts is that its controller has seen it, which is a generic rule.
	"policy/PodDisruptionBudget": {always(Current, "AllowedDisruptions has been computed.")},
}

const customResourceDefinition = "apiextensions.k8s.io/CustomResourceDefinition"

func rulesFor(o *object) []rule {
	kind := o.GroupVersionKind()
	if rules, ok := byKind[strings.TrimPrefix(kind.Group+"/"+kind.Kind, "/")]; ok {
		return rules
	}
	return otherKinds
}

var alwaysReady = []rule{always(Current, "Resource is always ready")}

var service = []rule{
	when(has("spec.type", "LoadBalancer"),
		when(has("spec.clusterIP", ""), always(InProgress, "ClusterIP not set. Service type: LoadBalancer"))),
	always(Current, "Service is ready"),
}

var persistentVolumeClaim = []rule{
	when(has("status.phase", "Bound"), always(Current, "PVC is Bound")),
	func(o *object) (Result, error) {
		return Result{InProgress, "PVC is not Bound. phase: " + o.text("status.phase", "unknown")}, nil
	},
}

var definition = []rule{
	conditions(
		outcome{kind: "NamesAccepted", is: metav1.ConditionFalse, status: Failed},
		outcome{kind: "Established", is: metav1.ConditionFalse, reason: "Installing"},
		outcome{kind: "Established", is: metav1.ConditionFalse, status: Failed},
		outcome{kind: "Established", is: metav1.ConditionTrue, status: Current, message: "CRD is established"},
	),
	always(InProgress, "Install in progress"),
}

// job takes a Job that runs for ready, as kstatus does.
var job = []rule{
	conditions(
		outcome{
			kind: "Complete", is: metav1.ConditionTrue, status: Current,
			message: "Job Completed. succeeded: %d/%d", numbers: []number{succeeded, completions},
		},
		outcome{
			kind: "Failed", is: metav1.ConditionTrue, status: Failed,
			message: "Job Failed. failed: %d/%d", numbers: []number{failures, completions},
		},
	),
	when(has("status.startTime", ""), always(InProgress, "Job not started")),
	always(Current, "Job in progress. success:%d, active: %d, failed: %d", succeeded, at("status.active", 0), failures),
}

var (
	succeeded = at("status.succeeded", 0)
	failures  = at("status.failed", 0)
)

func completions(o *object) int64 {
	return at("spec.completions", at("spec.parallelism", 1)(o))(o)
}
