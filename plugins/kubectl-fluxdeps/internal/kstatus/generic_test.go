package kstatus_test

import (
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

func TestGeneric(t *testing.T) {
	check(t, []known{
		{"nothing known", "a/v1 B {}", kstatus.Current, "Resource is current"},
		{"group version is none", "a/b/c Pod {}", kstatus.Current, "Resource is current"},
		{"kind of another group", "a/v1 Deployment {}", kstatus.Current, "Resource is current"},
		{
			"being deleted", "a/v1 B {metadata: {deletionTimestamp: now, generation: x}}",
			kstatus.Terminating, "Resource scheduled for deletion",
		},
		{"empty deletion", "a/v1 B {metadata: {deletionTimestamp: ''}}", kstatus.Current, "Resource is current"},
		{
			"null deletion", "a/v1 B {metadata: {deletionTimestamp: null}}", failure,
			"looking up metadata.deletionTimestamp from resource: " +
				".metadata.deletionTimestamp accessor error: <nil> is of the type <nil>, expected string",
		},
		{"metadata no map", "a/v1 B {metadata: x}", failure, "looking up metadata.deletionTimestamp from resource: " +
			".metadata.deletionTimestamp accessor error: x is of the type string, expected map[string]interface{}"},
		{"null metadata", "a/v1 B {metadata: null, status: null}", kstatus.Current, "Resource is current"},
		{
			"old generation", "a/v1 B {metadata: {generation: 2}, status: {observedGeneration: 1}}",
			kstatus.InProgress, "B generation is 2, but latest observed generation is 1",
		},
		{
			"this generation", "a/v1 B {metadata: {generation: 2}, status: {observedGeneration: 2}}",
			kstatus.Current, "Resource is current",
		},
		{"no observed generation", "a/v1 B {metadata: {generation: 2}}", kstatus.Current, "Resource is current"},
		{
			"no generation, other observed not looked at", "a/v1 B {status: {observedGeneration: x}}",
			kstatus.Current, "Resource is current",
		},
		{"generation no number", "a/v1 B {metadata: {generation: x}}", failure, "looking up metadata.generation from resource: " +
			".metadata.generation accessor error: x is of the type string, expected int64"},
		{
			"observed generation no integer", "a/v1 B {metadata: {generation: 1}, status: {observedGeneration: 1.5}}", failure,
			"looking up status.observedGeneration from resource: " +
				".status.observedGeneration accessor error: 1.5 is of the type float64, expected int64",
		},
	})
}

func TestStandardConditions(t *testing.T) {
	check(t, []known{
		{"reconciling", "a/v1 B {status: {conditions: [Ready=True, Reconciling=True/r/m]}}", kstatus.InProgress, "m"},
		{"not reconciling", "a/v1 B {status: {conditions: [Reconciling=False/r/m]}}", kstatus.Current, "Resource is current"},
		{"stalled", "a/v1 B {status: {conditions: [Stalled=True/r/m, Reconciling=True/r/n]}}", kstatus.Failed, "m"},
		{"not stalled", "a/v1 B {status: {conditions: [Stalled=Unknown/r/m]}}", kstatus.Current, "Resource is current"},
		{"stalled, of a known kind", "v1 ConfigMap {status: {conditions: [Stalled=True]}}", kstatus.Failed, ""},
		{"ready", "a/v1 B {status: {conditions: [Ready=True/r/m]}}", kstatus.Current, "Resource is Ready"},
		{"not ready", "a/v1 B {status: {conditions: [Ready=False/r/m]}}", kstatus.InProgress, "m"},
		{"not known to be ready", "a/v1 B {status: {conditions: [Ready=Unknown/r/m]}}", kstatus.InProgress, "m"},
		{"ready of another value", "a/v1 B {status: {conditions: [Ready=maybe, Ready=False/r/m]}}", kstatus.InProgress, "m"},
		{"status no map", "a/v1 B {status: x}", failure, "cannot restore struct from: string"},
		{"conditions no list", "a/v1 B {status: {conditions: {}}}", failure, "cannot restore slice from map"},
		{"null conditions", "a/v1 B {status: {conditions: null}}", kstatus.Current, "Resource is current"},
		{"null condition", "a/v1 B {status: {conditions: [null, Ready=True]}}", kstatus.Current, "Resource is Ready"},
		{"condition no map", "a/v1 B {status: {conditions: [x]}}", failure, "cannot restore struct from: string"},
		{"condition's type no string", "a/v1 B {status: {conditions: [{type: 1}]}}", failure, "cannot convert int64 to string"},
		{
			"condition's status no string", "a/v1 B {status: {conditions: [{status: 1}]}}", failure,
			"cannot convert int64 to v1.ConditionStatus",
		},
		{"condition's reason no string", "a/v1 B {status: {conditions: [{reason: true}]}}", failure, "unrecognized type: string"},
	})
}

func TestNoContent(t *testing.T) {
	if got, _ := compare(t, nil); got.Status != kstatus.Current {
		t.Errorf("got %+v", got)
	}
}

func TestStatusText(t *testing.T) {
	for status, want := range map[kstatus.Status]string{
		kstatus.Current: "Current", kstatus.InProgress: "InProgress", kstatus.Failed: "Failed",
		kstatus.Terminating: "Terminating", kstatus.NotFound: "NotFound", kstatus.Unknown: "Unknown",
	} {
		if status.String() != want {
			t.Errorf("got %s, want %s", status, want)
		}
	}
}

// TestScheduleWindow holds the edge of the window, which the library's own
// clock cannot be made to meet.
func TestScheduleWindow(t *testing.T) {
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	content := parse(t, "v1 Pod {metadata: {creationTimestamp: '2026-01-02T03:04:05Z'}, "+
		"status: {phase: Pending, conditions: [PodScheduled=False/Unschedulable]}}")
	for age, want := range map[time.Duration]kstatus.Status{
		-time.Hour: kstatus.InProgress, 0: kstatus.InProgress, 15*time.Second - 1: kstatus.InProgress,
		15 * time.Second: kstatus.Failed, time.Hour: kstatus.Failed,
	} {
		if got := ours(content, created.Add(age)); got.Status != want {
			t.Errorf("at the age of %s: got %+v, want %s", age, got, want)
		}
	}
}
