package cmd

import (
	"net/http"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// TestAReportThatCannotBeWritten: what was done was done, and is said in another
// way.
func TestAReportThatCannotBeWritten(t *testing.T) {
	const format = " -o jsonpath={.targets[9].name}"
	d := newDesk(t, "prod")
	d.want(t, "copy app --to-context prod"+format, cli.SomeFailed, "the report cannot be written", "1 target: 1 created")
	d.want(t, "copy app --to-context prod --dry-run"+format, cli.SomeFailed, "the report cannot be written", "1 target: 1 unchanged")
	d.servers["prod"].Put("team", "app", nil)
	d.want(t, "copy app --to-context prod"+format, cli.Refused, "1 conflict")
	d.servers["prod"].Break(refuse(http.MethodGet, "/secrets/app", 401, "Unauthorized"))
	d.want(t, "copy app --to-context prod"+format, cli.LoginNeeded, "1 failed")
}
