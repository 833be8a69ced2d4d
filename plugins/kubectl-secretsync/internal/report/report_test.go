package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output/jsonpath"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

func outcome(verb plan.Verb, came rollout.Outcome, problem string) rollout.Result {
	r := rollout.Result{Action: plan.Action{Verb: verb}, Outcome: came}
	if problem != "" {
		r.Problem = &plan.Problem{Kind: problem, Text: "words"}
	}
	return r
}

// TestExit: what came of the targets, and what code that is.
func TestExit(t *testing.T) {
	done, same := outcome(plan.Create, rollout.Done, ""), outcome(plan.Unchanged, rollout.Nothing, "")
	conflict, refused := outcome(plan.Conflict, rollout.Failed, ""), outcome(plan.Refused, rollout.Failed, "")
	failed, login := outcome(plan.Create, rollout.Failed, plan.KindTimeout), outcome(plan.Failed, rollout.Failed, plan.KindUnauthorized)
	left := outcome(plan.Create, rollout.NotAttempted, plan.KindInterrupted)
	for _, c := range []struct {
		name    string
		results []rollout.Result
		code    failure.Code
	}{
		{"nothing", nil, failure.OK},
		{"all done", []rollout.Result{done, same}, failure.OK},
		{"skipped", []rollout.Result{outcome(plan.Skip, rollout.Nothing, "")}, failure.OK},
		{"some refused", []rollout.Result{same, conflict}, failure.SomeFailed},
		{"some failed", []rollout.Result{done, failed}, failure.SomeFailed},
		{"some not attempted", []rollout.Result{done, left}, failure.SomeFailed},
		{"all refused", []rollout.Result{conflict, refused}, failure.Refused},
		{"all failed", []rollout.Result{failed, failed}, failure.Unable},
		{"failed and refused", []rollout.Result{failed, refused}, failure.Unable},
		{"forbidden", []rollout.Result{outcome(plan.Forbidden, rollout.Failed, plan.KindForbidden)}, failure.Unable},
		{"login", []rollout.Result{login, login}, failure.LoginNeeded},
		{"login for one of two", []rollout.Result{login, failed}, failure.Unable},
	} {
		err := Exit(c.results)
		code := failure.OK
		var known *failure.Error
		if errors.As(err, &known) {
			code = known.Code
		}
		if code != c.code {
			t.Errorf("%s: %d", c.name, code)
		}
	}
}

// TestHostileText: no name or message reaches a terminal as it is.
func TestHostileText(t *testing.T) {
	const hostile = "a\x1b[2J\u202eb\nc"
	r := outcome(plan.Create, rollout.Failed, plan.KindServer)
	r.Problem.Text, r.Problem.Hint = hostile, hostile
	r.Action.Place = plan.Place{Cluster: hostile, Server: address.Parse(hostile), Namespace: hostile, Name: hostile}
	r.Action.Origin = secret.Origin{Namespace: hostile, Name: hostile}
	r.Action.Warnings = []string{hostile}
	r.Action.Changes = plan.Changes{
		Keys: []plan.KeyChange{{Key: hostile, Change: plan.Added}}, Labels: []string{hostile}, Annotations: []string{hostile}, FromType: hostile, ToType: hostile,
	}
	for _, command := range []string{"copy", "diff", "status", "delete"} {
		for _, format := range Formats() {
			var b bytes.Buffer
			if jsonpath.Is(format) {
				format += "{.targets}"
			}
			if err := Write(&b, Build(Head{Command: command, Source: hostile}, []rollout.Result{r}), Options{Format: format}); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(b.String(), "\x1b\u202e") || !strings.Contains(b.String(), "202e") {
				t.Errorf("%s -o %s: %q", command, format, b.String())
			}
		}
	}
}

// FuzzReport: the same, for any text.
func FuzzReport(f *testing.F) {
	f.Add("a\x1b[2J", "b\u202e")
	f.Fuzz(func(t *testing.T, name, message string) {
		r := outcome(plan.Create, rollout.Failed, plan.KindServer)
		r.Action.Place.Cluster, r.Problem.Text = name, message
		for _, format := range []string{"table", "wide", "json", "yaml"} {
			var b bytes.Buffer
			if err := Write(&b, Build(Head{Command: "copy"}, []rollout.Result{r}), Options{Format: format}); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(b.String(), "\x00\x07\x08\x1b\x7f\u0085\u200f\u202e") {
				t.Errorf("-o %s: %q", format, b.String())
			}
		}
	})
}
