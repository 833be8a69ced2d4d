package kstatus

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rule decides on an object or leaves that to the next one.
type rule func(*object) (Result, error)

// undecided is what a rule returns that leaves the decision to the next.
var undecided Result

// always decides on any object. The numbers go into the format.
func always(status Status, format string, numbers ...number) rule {
	return func(o *object) (Result, error) {
		return Result{status, sprintf(o, format, numbers)}, nil
	}
}

func sprintf(o *object, format string, numbers []number) string {
	values := make([]any, len(numbers))
	for i, number := range numbers {
		values[i] = number(o)
	}
	return fmt.Sprintf(format, values...)
}

// when applies rules to the objects for which a test holds.
func when(test func(*object) bool, rules ...rule) rule {
	return func(o *object) (Result, error) {
		if !test(o) {
			return undecided, nil
		}
		return first(o, rules)
	}
}

// has tests the string at a dotted path, which is empty where there is none.
func has(path, value string) func(*object) bool {
	return func(o *object) bool { return o.text(path, "") == value }
}

// lacks tests that there is no integer at a dotted path.
func lacks(path string) func(*object) bool {
	return func(o *object) bool {
		_, found, _ := o.integer(path)
		return !found
	}
}

// fewer holds an object back while it has fewer of something than it wants.
func fewer(what string, have, want number) rule {
	return when(func(o *object) bool { return have(o) < want(o) },
		always(InProgress, what+": %d/%d", have, want))
}

// surplus holds an object back while it has more replicas than it wants.
func surplus(have, want number) rule {
	excess := func(o *object) int64 { return have(o) - want(o) }
	return when(func(o *object) bool { return have(o) > want(o) },
		always(InProgress, "Pending termination: %d", excess))
}

// outcome is what a condition means. One without a status means nothing.
type outcome struct {
	kind   string
	is     metav1.ConditionStatus // any where empty
	reason string                 // any where empty

	status  Status
	message string // the condition's own where empty
	numbers []number
}

func (x outcome) speaksOf(c condition) bool {
	return c.Type == x.kind && (x.is == "" || c.Status == x.is) && (x.reason == "" || c.Reason == x.reason)
}

// conditions decides by the first condition that means something. Of several
// outcomes that speak of a condition, the first counts.
func conditions(outcomes ...outcome) rule {
	return func(o *object) (Result, error) {
		for _, c := range o.conditions {
			if result := meaning(o, c, outcomes); result.Status != "" {
				return result, nil
			}
		}
		return undecided, nil
	}
}

func meaning(o *object, c condition, outcomes []outcome) Result {
	for _, x := range outcomes {
		switch {
		case !x.speaksOf(c):
		case x.message == "":
			return Result{x.status, c.Message}
		default:
			return Result{x.status, sprintf(o, x.message, x.numbers)}
		}
	}
	return undecided
}
