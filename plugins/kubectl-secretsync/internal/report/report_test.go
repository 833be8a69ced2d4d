package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/work"
)

func outcome(verb plan.Verb, came work.Outcome, problem string) work.Result {
	r := work.Result{Action: plan.Action{Verb: verb}, Outcome: came}
	if problem != "" {
		r.Problem = &plan.Problem{Kind: problem, Text: "words"}
	}
	return r
}

// TestExit: what came of the targets, and what code that is.
func TestExit(t *testing.T) {
	done, same := outcome(plan.Create, work.Done, ""), outcome(plan.Unchanged, work.Nothing, "")
	conflict, refused := outcome(plan.Conflict, work.Failed, ""), outcome(plan.Refused, work.Failed, "")
	failed, login := outcome(plan.Create, work.Failed, plan.KindTimeout), outcome(plan.Failed, work.Failed, plan.KindUnauthorized)
	left := outcome(plan.Create, work.NotAttempted, plan.KindInterrupted)
	for _, c := range []struct {
		name    string
		results []work.Result
		code    cli.Code
	}{
		{"nothing", nil, cli.OK},
		{"all done", []work.Result{done, same}, cli.OK},
		{"skipped", []work.Result{outcome(plan.Skip, work.Nothing, "")}, cli.OK},
		{"some refused", []work.Result{same, conflict}, cli.SomeFailed},
		{"some failed", []work.Result{done, failed}, cli.SomeFailed},
		{"some not attempted", []work.Result{done, left}, cli.SomeFailed},
		{"all refused", []work.Result{conflict, refused}, cli.Refused},
		{"all failed", []work.Result{failed, failed}, cli.Failed},
		{"failed and refused", []work.Result{failed, refused}, cli.Failed},
		{"forbidden", []work.Result{outcome(plan.Forbidden, work.Failed, plan.KindForbidden)}, cli.Failed},
		{"login", []work.Result{login, login}, cli.LoginNeeded},
		{"login for one of two", []work.Result{login, failed}, cli.Failed},
	} {
		err := Exit(c.results)
		code := cli.OK
		var known *cli.Error
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
	r := outcome(plan.Create, work.Failed, plan.KindServer)
	r.Problem.Text, r.Problem.Hint = hostile, hostile
	r.Action.Place = plan.Place{Cluster: hostile, Server: hostile, Namespace: hostile, Name: hostile}
	r.Action.Origin = secret.Origin{Namespace: hostile, Name: hostile}
	r.Action.Warnings = []string{hostile}
	r.Action.Changes = plan.Changes{
		Keys: []plan.KeyChange{{Key: hostile, Change: plan.Added}}, Labels: []string{hostile}, Annotations: []string{hostile}, FromType: hostile, ToType: hostile,
	}
	for _, command := range []string{"copy", "diff", "status", "delete"} {
		for _, format := range Formats() {
			var b bytes.Buffer
			if err := Write(&b, Build(Head{Command: command, Source: hostile}, []work.Result{r}), Options{Format: format}); err != nil {
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
		r := outcome(plan.Create, work.Failed, plan.KindServer)
		r.Action.Place.Cluster, r.Problem.Text = name, message
		for _, format := range []string{"table", "wide", "json", "yaml"} {
			var b bytes.Buffer
			if err := Write(&b, Build(Head{Command: "copy"}, []work.Result{r}), Options{Format: format}); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(b.String(), "\x00\x07\x08\x1b\x7f\u0085\u200f\u202e") {
				t.Errorf("-o %s: %q", format, b.String())
			}
		}
	})
}
