package verdict

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// change alters one field of an object that starts valid.
type change func(map[string]any)

// set sets the field at a dotted path; nil removes it.
func set(path string, value any) change {
	return func(object map[string]any) {
		fields := strings.Split(path, ".")
		for _, field := range fields[:len(fields)-1] {
			if object[field] == nil {
				object[field] = map[string]any{}
			}
			object = object[field].(map[string]any)
		}
		if last := fields[len(fields)-1]; value == nil {
			delete(object, last)
		} else {
			object[last] = value
		}
	}
}

// readyCondition sets the Ready condition.
func readyCondition(status, reason, message string) change {
	return set("status.conditions", []any{map[string]any{
		"type": "Ready", "status": status, "reason": reason, "message": message,
		"observedGeneration": 1, "lastTransitionTime": "2026-11-20T10:00:00Z",
	}})
}

// object returns an object that is ready, for its current generation, with
// revision r1 of the source fleet.
func object(t *testing.T, apiVersion, kind, name string, changes ...change) flux.Object {
	t.Helper()
	content := map[string]any{
		"apiVersion": apiVersion, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": "ns", "generation": 1},
		"spec":     map[string]any{},
		"status":   map[string]any{"observedGeneration": 1, "lastAppliedRevision": "r1"},
	}
	readyCondition("True", "ReconciliationSucceeded", "done")(content)
	for _, change := range changes {
		change(content)
	}
	raw, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := flux.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	decoded.Raw = raw
	return decoded
}

func kustomization(t *testing.T, name string, changes ...change) flux.Object {
	t.Helper()
	fleet := set("spec.sourceRef", map[string]any{"kind": "GitRepository", "name": "fleet"})
	return object(t, "kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, name, append([]change{fleet}, changes...)...)
}

func helmRelease(t *testing.T, name string, changes ...change) flux.Object {
	t.Helper()
	fleet := set("spec.chartRef", map[string]any{"kind": "OCIRepository", "name": "fleet"})
	return object(t, "helm.toolkit.fluxcd.io/v2", flux.HelmRelease, name, append([]change{fleet}, changes...)...)
}

func resourceSet(t *testing.T, name string, changes ...change) flux.Object {
	t.Helper()
	return object(t, "fluxcd.controlplane.io/v1", flux.ResourceSet, name, changes...)
}

// fleet is the source that all share, at the revision.
func fleet(t *testing.T, kind, revision string) flux.Object {
	t.Helper()
	return object(t, "source.toolkit.fluxcd.io/v1", kind, "fleet", set("status.artifact", map[string]any{"revision": revision}))
}

// cluster is a live snapshot of the objects.
func cluster(objects ...flux.Object) *flux.Snapshot {
	return &flux.Snapshot{
		Live: true, Objects: objects, Absent: map[flux.ID]flux.Absence{}, Unreadable: map[string]string{},
		External: map[flux.ExternalID]flux.External{}, AdditiveReadyExpr: map[string]bool{},
	}
}

// judge judges an entry of the first object's dependsOn.
func judge(t *testing.T, snapshot *flux.Snapshot, dep flux.Dependency) Finding {
	t.Helper()
	return NewJudge(snapshot, flux.NewIndex(snapshot.Objects)).Dependency(t.Context(), &snapshot.Objects[0], dep)
}

// want is a finding as the tables state it: Message whole, of the others a
// part.
type want struct {
	verdict       Verdict
	message, says string
}

func check(t *testing.T, got Finding, want want) {
	t.Helper()
	if got.Verdict != want.verdict {
		t.Errorf("verdict %s, want %s", got.Verdict, want.verdict)
	}
	if got.Message != want.message {
		t.Errorf("message\n%s\nwant\n%s", got.Message, want.message)
	}
	if says := got.Detail + " | " + got.Hint; !strings.Contains(says, want.says) {
		t.Errorf("says\n%s\nwant\n%s", says, want.says)
	}
}
