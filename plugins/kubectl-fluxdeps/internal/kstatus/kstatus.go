// Package kstatus tells from the content of an object whether what the object
// asks for has come about.
//
// The rules are those of kstatus as of fluxcd/cli-utils v1.2.3
// (pkg/kstatus/status: status.go, generic.go and core.go), by which
// flux-operator judges what a ResourceSet depends on. Messages and errors read
// the same as there, because flux-operator passes errors on to users. Where
// that library panics on malformed content, this package returns an error or
// overlooks what is malformed.
//
// The library is not used itself, as it links all of k8s.io/api/core/v1 for
// three constants; the tests hold this package against it.
package kstatus

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Status is how far an object has come.
type Status string

// All statuses. NotFound and Unknown are for callers that have no object to
// ask about: Compute returns neither.
const (
	Current     Status = "Current"
	InProgress  Status = "InProgress"
	Failed      Status = "Failed"
	Terminating Status = "Terminating"
	NotFound    Status = "NotFound"
	Unknown     Status = "Unknown"
)

// String returns the status as Flux writes it.
func (s Status) String() string { return string(s) }

// Result is a status and, in words, what it follows from.
type Result struct {
	Status  Status
	Message string
}

// Compute returns the status of an object, which is content as the API server
// gives it, integers being int64. Only an unscheduled Pod's depends on now.
func Compute(content map[string]any, now time.Time) (Result, error) {
	o := &object{Unstructured: unstructured.Unstructured{Object: content}, now: now}
	return first(o, slices.Concat(generic, rulesFor(o)))
}

// first returns what the first rule says that decides.
func first(o *object, rules []rule) (Result, error) {
	for _, rule := range rules {
		if result, err := rule(o); err != nil || result.Status != "" {
			return result, err
		}
	}
	return undecided, nil
}
