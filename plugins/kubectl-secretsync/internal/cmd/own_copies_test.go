package cmd

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// TestOwnCopiesAreNoSources: what a run makes beside its sources, the next one does
// not copy on. Other plans, and who names it, do.
func TestOwnCopiesAreNoSources(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy --all --to-context management --suffix -c", failure.OK, "1 created")
	d.want(t, "copy --all --to-context management --suffix -c", failure.OK, "1 target: 1 unchanged")
	d.want(t, "copy --all --to-context prod", failure.OK, "2 created")
	d.want(t, "copy app-c --to-context management --suffix -c", failure.OK, "1 created")
	d.servers["management"].Delete("team", "app")
	d.secret("db", "fleet", "all")
	d.want(t, "delete --orphans --all --to-context management --suffix -c", failure.OK, "1 deleted", "its source team/app is gone")
}
