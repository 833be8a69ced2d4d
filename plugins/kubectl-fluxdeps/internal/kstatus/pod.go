package kstatus

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// scheduleWindow is the age up to which it is no failure that a Pod fits on no
// node.
const scheduleWindow = 15 * time.Second

// pod takes a Pod that has ended for ready, however it ended, as kstatus does.
var pod = []rule{
	when(has("status.phase", "Succeeded"), always(Current, "Pod has completed successfully")),
	when(has("status.phase", "Failed"), always(Current, "Pod has completed, but not successfully")),
	when(has("status.phase", "Running"),
		conditions(outcome{kind: "Ready", is: metav1.ConditionTrue, status: Current, message: "Pod is Ready"}),
		crashLoop,
		always(InProgress, "Pod is running but is not Ready")),
	when(has("status.phase", "Pending"),
		when(unschedulable,
			when(justCreated, always(InProgress, "Pod has not been scheduled")),
			always(Failed, "Pod could not be scheduled")),
		always(InProgress, "Pod is in the Pending phase")),
	when(has("status.phase", ""), always(InProgress, "Pod phase not available")),
	func(o *object) (Result, error) {
		return undecided, fmt.Errorf("unknown phase %s", o.text("status.phase", ""))
	},
}

func unschedulable(o *object) bool {
	scheduled := o.condition("PodScheduled", metav1.ConditionFalse)
	return scheduled != nil && scheduled.Reason == "Unschedulable"
}

func justCreated(o *object) bool {
	return o.now.Sub(o.GetCreationTimestamp().Time) < scheduleWindow
}

// crashLoop decides on a Pod that has containers which crash again and again.
func crashLoop(o *object) (Result, error) {
	statuses, _, err := unstructured.NestedSlice(o.Object, "status", "containerStatuses")
	if err != nil {
		return undecided, err
	}
	var crashing []string
	for _, status := range statuses {
		name, again, err := crashes(status)
		if err != nil {
			return undecided, err
		}
		if again {
			crashing = append(crashing, name)
		}
	}
	if crashing == nil {
		return undecided, nil
	}
	return Result{Failed, "Containers in CrashLoop state: " + strings.Join(crashing, ",")}, nil
}

// crashes returns the name of a container and whether it crashes.
func crashes(status any) (string, bool, error) {
	container, _ := status.(map[string]any)
	name, named, err := unstructured.NestedString(container, "name")
	if err != nil || !named {
		return "", false, err
	}
	reason, _, err := unstructured.NestedString(container, "state", "waiting", "reason")
	return name, reason == "CrashLoopBackOff", err
}
