package rollout

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAuditOfARecreation: a run that is cut off in between leaves a line that says
// what is lost, by name.
func TestAuditOfARecreation(t *testing.T) {
	r := newRig(t, 1)
	r.options.Recreate = true
	r.run(t.Context(), nil)
	object := r.servers[0].Get("n", "s")
	object["type"] = "old/type"
	meta := object["metadata"].(map[string]any)
	meta["labels"].(map[string]any)["theirs"] = "their-label"
	meta["annotations"].(map[string]any)["example.com/note"] = "their-annotation"
	meta["ownerReferences"] = []any{map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "name": "web", "uid": "u"}}
	var log bytes.Buffer
	audit := &Audit{Writer: &log, Run: "r", Command: "copy", Now: time.Now}
	result := r.run(t.Context(), nil, func(e *Executor) { e.Audit = audit.Record })[0]
	if result.Outcome != Done || r.servers[0].Count(http.MethodDelete) != 1 {
		t.Fatalf("%s %+v", result.Outcome, result.Problem)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var begin, end Entry
	if len(lines) != 2 || json.Unmarshal([]byte(lines[0]), &begin) != nil || json.Unmarshal([]byte(lines[1]), &end) != nil {
		t.Fatal(log.String())
	}
	if want := []string{"label theirs", "annotation example.com/note", "owner ConfigMap/web"}; !slices.Equal(begin.Foreign, want) || len(end.Foreign) > 0 {
		t.Errorf("%q, %q", begin.Foreign, end.Foreign)
	}
	if strings.Contains(log.String(), "their-") || strings.Contains(log.String(), r.value) {
		t.Errorf("values are in the log: %s", log.String())
	}
	if kept := r.servers[0].Get("n", "s")["metadata"].(map[string]any); kept["labels"].(map[string]any)["theirs"] != "their-label" || kept["ownerReferences"] == nil {
		t.Errorf("lost: %v", kept)
	}
}
