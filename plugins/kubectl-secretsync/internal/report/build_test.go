package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// copied is a result with all that a report shows.
func copied() rollout.Result {
	meta := secret.Meta{
		Namespace: "n", Name: "s", UID: "target", ResourceVersion: "8",
		Labels:      map[string]string{secret.LabelManagedBy: secret.Manager, secret.LabelSourceUID: "u"},
		Annotations: map[string]string{secret.AnnotationSource: "n/s", secret.AnnotationPlace: "n/s", secret.AnnotationTime: "2026-01-02T03:04:05Z", secret.AnnotationVersion: "7"},
	}
	return rollout.Result{
		Outcome: rollout.Done, Attempts: 2, Written: api.Written{UID: "target", ResourceVersion: "9", Said: []string{"the webhook's words"}},
		Action: plan.Action{
			Verb: plan.Update, Warnings: []string{"a warning"},
			Item: plan.Item{
				Place:  plan.Place{Cluster: "prod", Server: address.Parse("https://prod"), Namespace: "n", Name: "s"},
				Origin: secret.Origin{Namespace: "n", Name: "s", UID: "u"},
				Seen:   plan.Observation{Object: &secret.Snapshot{Meta: meta}},
			},
			Changes: plan.Changes{
				Keys:   []plan.KeyChange{{Key: "a", Change: plan.Added, To: 3}, {Key: "b", Change: plan.Removed, From: 2}, {Key: "c", Change: plan.Changed, From: 1, To: 4}},
				Labels: []string{"l"}, Annotations: []string{"m"}, FromType: "x", ToType: "y",
			},
		},
	}
}

// TestBuild: every field of a target, as readers rely on them.
func TestBuild(t *testing.T) {
	r := Build(Head{Command: "copy", DryRun: "server", Source: "management", Warnings: []string{"w"}}, []rollout.Result{copied()})
	want := v1alpha1.Target{
		Cluster: "prod", Server: "https://prod", Namespace: "n", Name: "s", Source: "n/s", Action: "update", Outcome: "done",
		Changes: &v1alpha1.Changes{
			Keys:   []v1alpha1.KeyChange{{Key: "a", Change: "added", ToSize: 3}, {Key: "b", Change: "removed", FromSize: 2}, {Key: "c", Change: "changed", FromSize: 1, ToSize: 4}},
			Labels: []string{"l"}, Annotations: []string{"m"}, FromType: "x", ToType: "y",
		},
		SyncedAt: "2026-01-02T03:04:05Z", SourceVersion: "7", UID: "target", ResourceVersion: "9", Attempts: 2,
		Warnings: []string{"a warning", "the server warns; its words are withheld, as they may quote values (--show-server-messages)"},
	}
	if !reflect.DeepEqual(r.Targets, []v1alpha1.Target{want}) || r.Summary["updated"] != 1 || r.DryRun != "server" || r.Source != "management" {
		t.Errorf("%+v", r)
	}
	asked := Build(Head{Command: "copy", ServerMessages: true}, []rollout.Result{copied()})
	if words := asked.Targets[0].Warnings; words[len(words)-1] != "the webhook's words" {
		t.Errorf("%q", words)
	}
}

// TestProblems: a problem's words take the place of the plan's, and what a server
// said comes only when asked for.
func TestProblems(t *testing.T) {
	result := copied()
	result.Outcome = rollout.Failed
	result.Problem = &plan.Problem{Kind: plan.KindDenied, Text: "denied", Said: "denied: words", Hint: "ask"}
	for _, words := range []bool{false, true} {
		got := Build(Head{Command: "copy", ServerMessages: words}, []rollout.Result{result}).Targets[0]
		want := map[bool]string{false: "denied", true: "denied: words"}[words]
		if got.Message != want || got.Problem != "denied" || got.Hint != "ask" || Word(got) != "update failed" {
			t.Errorf("%+v", got)
		}
	}
	seen := copied()
	seen.Action.Verb, seen.Outcome = plan.Forbidden, rollout.Failed
	seen.Action.Seen = plan.Observation{Problem: &plan.Problem{Kind: plan.KindForbidden, Text: "may not"}}
	if got := Build(Head{Command: "diff"}, []rollout.Result{seen}).Targets[0]; got.Problem != "forbidden" || got.Message != "may not" {
		t.Errorf("%+v", got)
	}
}

func TestWords(t *testing.T) {
	for want, target := range map[string]v1alpha1.Target{
		"created":       {Action: "create", Outcome: "done"},
		"would delete":  {Action: "delete", Outcome: "planned"},
		"would update":  {Action: "update", Outcome: "validated"},
		"not attempted": {Action: "create", Outcome: "not-attempted"},
		"create failed": {Action: "create", Outcome: "failed"},
		"conflict":      {Action: "conflict", Outcome: "failed"},
		"skipped":       {Action: "skip", Outcome: "nothing"},
		"unchanged":     {Action: "unchanged", Outcome: "nothing"},
	} {
		if got := Word(target); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestHints: each once, in order, and few of them.
func TestHints(t *testing.T) {
	var r v1alpha1.Report
	for _, hint := range []string{"a", "", "b", "a", "c", "d", "e"} {
		r.Targets = append(r.Targets, v1alpha1.Target{Hint: hint})
	}
	if got := Hints(r); !reflect.DeepEqual(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("%q", got)
	}
	// Who only looks is not told of flags that lift refusals of writes.
	refused := outcome(plan.Conflict, rollout.Failed, "")
	refused.Action.Hint = "--on-conflict=skip"
	if hints := Hints(Build(Head{Command: "diff"}, []rollout.Result{refused})); len(hints) > 0 {
		t.Errorf("%q", hints)
	}
}

// TestFormats: the tables and the differences, to the byte.
func TestFormatsToTheByte(t *testing.T) {
	results := []rollout.Result{copied(), outcome(plan.Unchanged, rollout.Nothing, "")}
	results[1].Action.Place = plan.Place{Cluster: "edge", Namespace: "n", Name: "s"}
	for name, c := range map[string]struct {
		command string
		options Options
		want    string
	}{
		"table": {"copy", Options{Format: "table"}, `CLUSTER   NAMESPACE   NAME   RESULT      MESSAGE
prod      n           s      updated     a warning; the server warns; its words are withheld, as they may quote values (--show-server-messages)
edge      n           s      unchanged

2 targets: 1 unchanged, 1 updated
`},
		"table without headers": {"copy", Options{Format: "table", NoHeaders: true}, "prod   n   s   updated     a warning; the server warns; its words are withheld, as they may quote values (--show-server-messages)\nedge   n   s   unchanged\n"},
		"name":                  {"copy", Options{Format: "name"}, "secret/n/s prod\nsecret/n/s edge\n"},
		"jsonpath":              {"copy", Options{Format: "jsonpath={.summary.updated} {.targets[*].cluster}"}, "1 prod edge"},
		"diff": {"diff", Options{Format: "table"}, `prod  n/s  update
  ~ type x -> y
  + a  3 bytes
  - b  2 bytes
  ~ c  1 -> 4 bytes
  ~ label l
  ~ annotation m
2 targets: 1 unchanged, 1 updated
`},
	} {
		var b bytes.Buffer
		if err := Write(&b, Build(Head{Command: c.command}, results), c.options); err != nil || b.String() != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, b.String(), c.want)
		}
	}
	var none bytes.Buffer
	if err := Write(&none, Build(Head{Command: "delete"}, nil), Options{Format: "table"}); err != nil || none.String() != "0 targets\n" {
		t.Errorf("%q, %v", none.String(), err)
	}
}

// TestJSON: the document names its kind, and has a list where there is nothing.
func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, Build(Head{Command: "status"}, nil), Options{Format: "json"}); err != nil {
		t.Fatal(err)
	}
	var read v1alpha1.Report
	if err := json.Unmarshal(b.Bytes(), &read); err != nil || read.APIVersion != v1alpha1.APIVersion || read.Kind != v1alpha1.ReportKind || !strings.Contains(b.String(), `"targets": []`) {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestExitFound(t *testing.T) {
	fine, unread := outcome(plan.Unchanged, rollout.Nothing, ""), outcome(plan.Failed, rollout.Failed, plan.KindTimeout)
	for want, err := range map[string]error{
		"0": ExitFound([]rollout.Result{fine}, false), "1": ExitFound([]rollout.Result{fine}, true),
		"3": ExitFound([]rollout.Result{fine, unread}, true), "4": ExitFound([]rollout.Result{unread}, false),
	} {
		if got := code(err); got != want {
			t.Errorf("exit code %s, want %s", got, want)
		}
	}
}

func code(err error) string {
	var known *failure.Error
	if errors.As(err, &known) {
		return strconv.Itoa(int(known.Code))
	}
	return "0"
}
