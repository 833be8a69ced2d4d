package kstatus_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

// answer is a result or an error, to be compared as a whole.
type answer struct {
	kstatus.Result
	err string
}

// ours asks this package.
func ours(content map[string]any, now time.Time) answer {
	result, err := kstatus.Compute(content, now)
	if err != nil {
		return answer{err: err.Error()}
	}
	return answer{Result: result}
}

// oracle asks the library, which may panic.
func oracle(content map[string]any) (found answer, panicked any) {
	defer func() { panicked = recover() }()
	result, err := status.Compute(&unstructured.Unstructured{Object: content})
	if err != nil {
		return answer{err: err.Error()}, nil
	}
	return answer{Result: kstatus.Result{Status: kstatus.Status(result.Status), Message: result.Message}}, nil
}

// compare fails the test where the two differ: in status, message or error.
// Where the library panics, it is enough that this package does not.
func compare(t testing.TB, content map[string]any) (found answer, panicked bool) {
	t.Helper()
	before := runtime.DeepCopyJSON(content)
	found = ours(content, time.Now())
	if !reflect.DeepEqual(content, before) {
		t.Fatalf("Compute changed\n%v\nto\n%v", before, content)
	}
	want, reason := oracle(before)
	if reason == nil && found != want {
		t.Errorf("%s\ngot  %+v\nwant %+v", text(before), found, want)
	}
	return found, reason != nil
}

func text(content map[string]any) string {
	data, err := utiljson.Marshal(content)
	if err != nil {
		return fmt.Sprint(content)
	}
	return string(data)
}

// known is a hand-written object and what is known of it: a status and
// message, or an error.
type known struct {
	name, object string
	status       kstatus.Status
	message      string
}

// failure stands in for the status where an error is expected.
const failure kstatus.Status = "error"

func check(t *testing.T, cases []known) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := answer{Result: kstatus.Result{Status: c.status, Message: c.message}}
			if c.status == failure {
				want = answer{err: c.message}
			}
			got, _ := compare(t, parse(t, c.object))
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}
