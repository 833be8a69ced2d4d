package cmd

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// TestAReportThatCannotBeWritten: what was done was done, and is said in another
// way.
func TestAReportThatCannotBeWritten(t *testing.T) {
	const format = " -o jsonpath={.targets[9].name}"
	d := newDesk(t, "prod")
	d.want(t, "copy app --to-context prod"+format, failure.SomeFailed, "the report cannot be written", "1 target: 1 created")
	d.want(t, "copy app --to-context prod --dry-run"+format, failure.SomeFailed, "the report cannot be written", "1 target: 1 unchanged")
	d.want(t, "status app --to-context prod"+format, failure.Unable, "error: ")
	d.want(t, "diff app --to-context prod"+format, failure.Unable, "error: ")
	d.servers["prod"].Put("team", "app", nil)
	d.want(t, "copy app --to-context prod"+format, failure.Refused, "1 conflict")
	d.servers["prod"].Break(refuse(http.MethodGet, "/secrets/app", 401, "Unauthorized"))
	d.want(t, "copy app --to-context prod"+format, failure.LoginNeeded, "1 failed")
}

// TestAnInterruptedReportThatCannotBeWritten: Ctrl-C ends the reader of a pipeline
// too.
func TestAnInterruptedReportThatCannotBeWritten(t *testing.T) {
	d := newDesk(t, "prod-1", "prod-2")
	ctx, cancel := context.WithCancel(t.Context())
	d.servers["prod-1"].Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/secrets/") {
			cancel()
		}
		return false
	})
	code, _, stderr := d.runUntil(ctx, "copy app --to-context prod-* --parallel 1 -o jsonpath={.targets[9].name}")
	if code != failure.Interrupted || !strings.Contains(stderr, "2 targets: 1 created, 1 not attempted") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
