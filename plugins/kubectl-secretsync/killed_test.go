package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// TestKilledDuringRecreate: between the deletion of the old Secret and the creation
// of the new one nothing can be done about a kill -9. The next run completes it;
// what others gave the old one is lost, and the audit log has its names.
func TestKilledDuringRecreate(t *testing.T) {
	f, binary := newFleet(t, 1), program(t)
	target := f.targets[0]
	target.Put("team", "app", map[string]any{
		"type": "x/y", "data": map[string]any{"password": "eA=="}, "metadata": map[string]any{"labels": map[string]any{"theirs": "their-words"}},
	})
	reached := make(chan struct{})
	target.Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/secrets") || r.URL.Query().Get("dryRun") != "" {
			return false
		}
		close(reached)
		<-r.Context().Done()
		return true
	})
	args := []string{"copy", "app", "--to-context", "prod-*", "--recreate", "--on-conflict", "overwrite", "--audit-log", "audit"}
	cmd, _, _ := f.command(t, binary, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	target.Break(nil)
	if target.Get("team", "app") != nil {
		t.Fatal("not killed in the middle")
	}
	log, err := os.ReadFile(filepath.Join(f.dir, "audit"))
	if err != nil || strings.Count(string(log), "\n") != 1 || !strings.Contains(string(log), `"foreign":["label theirs"]`) || strings.Contains(string(log), "their-words") {
		t.Errorf("%v\n%s", err, log)
	}
	cmd, stdout, stderr := f.command(t, binary, args...)
	if err := cmd.Run(); err != nil || !strings.Contains(stdout.String(), "1 target: 1 created") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	if object := target.Get("team", "app"); object == nil || object["type"] != "Opaque" {
		t.Errorf("%v", object)
	}
	cmd, stdout, stderr = f.command(t, binary, args...)
	if err := cmd.Run(); err != nil || !strings.Contains(stdout.String(), "1 target: 1 unchanged") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}
