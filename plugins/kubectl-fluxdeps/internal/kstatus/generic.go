package kstatus

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// generic rules come first for every kind.
var generic = []rule{
	deletion,
	generation,
	readConditions,
	conditions(
		outcome{kind: "Reconciling", is: metav1.ConditionTrue, status: InProgress},
		outcome{kind: "Stalled", is: metav1.ConditionTrue, status: Failed},
	),
}

// otherKinds are the rules for a kind that has none of its own.
var otherKinds = []rule{
	conditions(
		outcome{kind: "Ready", is: metav1.ConditionTrue, status: Current, message: "Resource is Ready"},
		outcome{kind: "Ready", is: metav1.ConditionFalse, status: InProgress},
		outcome{kind: "Ready", is: metav1.ConditionUnknown, status: InProgress},
	),
	always(Current, "Resource is current"),
}

func deletion(o *object) (Result, error) {
	since, _, err := unstructured.NestedString(o.Object, "metadata", "deletionTimestamp")
	if err != nil {
		return undecided, fmt.Errorf("looking up metadata.deletionTimestamp from resource: %w", err)
	}
	if since == "" {
		return undecided, nil
	}
	return Result{Terminating, "Resource scheduled for deletion"}, nil
}

// generation holds an object back whose controller has not seen its spec yet.
// An object that does not count, or a controller that does not say, passes.
func generation(o *object) (Result, error) {
	latest, found, err := o.integer("metadata.generation")
	if err != nil || !found {
		return undecided, err
	}
	observed, found, err := o.integer("status.observedGeneration")
	if err != nil || !found || observed == latest {
		return undecided, err
	}
	return Result{InProgress, fmt.Sprintf("%s generation is %d, but latest observed generation is %d",
		o.GetKind(), latest, observed)}, nil
}
