// Package report turns results into what is printed. It is pure, and never
// sees a value.
package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Head says what a report is about.
type Head struct {
	// Command is copy, diff, status or delete.
	Command string
	// DryRun is client, server or empty.
	DryRun string
	// Source is the cluster that was copied from.
	Source   string
	Warnings []string
	// ServerMessages shows what servers say of writes word by word.
	ServerMessages bool
}

// Build makes the report of the results.
func Build(head Head, results []rollout.Result) v1alpha1.Report {
	r := v1alpha1.Report{
		APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.ReportKind,
		Command: head.Command, DryRun: head.DryRun, Source: head.Source, Warnings: head.Warnings,
		Summary: map[string]int{}, Targets: []v1alpha1.Target{},
	}
	for _, result := range results {
		t := target(result, head.ServerMessages)
		if head.Command == "status" || head.Command == "diff" {
			looked(&t)
		}
		word := Word(t)
		if head.Command == "status" {
			t.State = string(plan.StateOf(result.Action))
			t.Message = stateMessage(t)
			word = t.State
		}
		r.Summary[word]++
		r.Targets = append(r.Targets, t)
	}
	return r
}

// looked leaves out the hints to flags that commands which only look lack.
func looked(t *v1alpha1.Target) {
	if t.Problem == "" {
		t.Hint = ""
	}
}

// stateMessage says what has drifted, where nothing else is to be said.
func stateMessage(t v1alpha1.Target) string {
	if t.Message == "" && t.State != string(plan.Missing) {
		return changed(t)
	}
	return t.Message
}

func target(result rollout.Result, words bool) v1alpha1.Target {
	a := result.Action
	t := v1alpha1.Target{
		Cluster: a.Place.Cluster, Server: a.Place.Server.String(), Namespace: a.Place.Namespace, Name: a.Place.Name,
		Source: a.Origin.Path(), Action: string(a.Verb), Outcome: string(result.Outcome),
		Message: a.Reason, Hint: a.Hint, Owner: a.Owner, CreateNamespace: a.CreateNamespace,
		UID: result.Written.UID, ResourceVersion: result.Written.ResourceVersion, Attempts: result.Attempts,
		Changes: changes(a.Changes), ChangedByAdmission: slices.Concat(a.Admission, result.Written.Changed),
	}
	t.Warnings = append(append(t.Warnings, a.Warnings...), result.Written.Warnings...)
	t.Warnings = append(t.Warnings, said(result.Written.Said, words)...)
	if a.Seen.Object != nil {
		describe(&t, a.Seen.Object.Meta)
	}
	problem := result.Problem
	if problem == nil {
		problem = a.Seen.Problem
	}
	if problem != nil {
		t.Problem, t.Message, t.Hint = problem.Kind, problem.Text, cmp.Or(problem.Hint, t.Hint)
		if words && problem.Said != "" {
			t.Message = problem.Said
		}
	}
	return t
}

// said are a server's warnings, or that there are some.
func said(warnings []string, words bool) []string {
	if words || len(warnings) == 0 {
		return warnings
	}
	return []string{"the server warns; its words are withheld, as they may quote values (--show-server-messages)"}
}

// describe adds what the target's metadata says.
func describe(t *v1alpha1.Target, meta secret.Meta) {
	t.UID = cmp.Or(t.UID, meta.UID)
	t.ResourceVersion = cmp.Or(t.ResourceVersion, meta.ResourceVersion)
	if meta.Ours() {
		t.SyncedAt = meta.Annotations[secret.AnnotationTime]
		t.SourceVersion = meta.Annotations[secret.AnnotationVersion]
	}
}

func changes(c plan.Changes) *v1alpha1.Changes {
	if c.Empty() && len(c.Keys) == 0 {
		return nil
	}
	out := &v1alpha1.Changes{Labels: c.Labels, Annotations: c.Annotations, FromType: c.FromType, ToType: c.ToType}
	for _, key := range c.Keys {
		out.Keys = append(out.Keys, v1alpha1.KeyChange{Key: key.Key, Change: key.Change, FromSize: key.From, ToSize: key.To, Managers: key.Managers})
	}
	return out
}

// byAdmission says that a write was changed on its way.
const byAdmission = " (changed by admission"

// Word is one word, or a few, for what came of a target.
func Word(t v1alpha1.Target) string {
	word := outcomeWord(t)
	if written(t) && len(t.ChangedByAdmission) > 0 {
		word += byAdmission + ")"
	}
	return word
}

// written reports whether the target was written, or would be.
func written(t v1alpha1.Target) bool {
	came := rollout.Outcome(t.Outcome)
	return came == rollout.Done || came == rollout.Validated
}

// withFields names the fields behind a word that speaks of admission.
func withFields(word string, t v1alpha1.Target) string {
	fields := byAdmission + ": " + strings.Join(t.ChangedByAdmission, ", ") + ")"
	if len(t.ChangedByAdmission) == 0 {
		return word
	}
	return strings.TrimSuffix(word, byAdmission+")") + fields
}

func outcomeWord(t v1alpha1.Target) string {
	switch rollout.Outcome(t.Outcome) {
	case rollout.Done:
		return t.Action + "d"
	case rollout.Intended, rollout.Validated:
		return "would " + t.Action
	case rollout.NotAttempted:
		return "not attempted"
	case rollout.Failed:
		if plan.Verb(t.Action).Writes() {
			return t.Action + " failed"
		}
		return t.Action
	default:
		if t.Action == string(plan.Skip) {
			return "skipped"
		}
		return t.Action
	}
}
