package secretsync_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// earlier makes a copy in prod-1 as versions before ownership by field did: created
// as a whole, and changed by merge patches, under the field manager
// kubectl-secretsync.
type earlier struct {
	*stage
	name string
}

const earlierManager = "--field-manager=kubectl-secretsync"

// marks are the labels and annotations that such a copy had.
func (e earlier) marks(keys ...string) (labels, annotations map[string]any) {
	source := e.get(management, e.name)
	identity := e.clusters[management].Kubectl(e, "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")
	place := e.namespace + "/" + e.name
	labels = map[string]any{"app.kubernetes.io/managed-by": "kubectl-secretsync", labelUID: string(source.GetUID())}
	annotations = map[string]any{
		annotation + "source": place, annotation + "copy": place, annotation + "keys": strings.Join(keys, ","),
		annotation + "source-cluster": identity, annotation + "synced-at": "2026-11-01T10:00:00Z", annotation + "version": "v0.0.0",
		annotation + "source-resource-version": source.GetResourceVersion(), annotation + "plans": "flags-0123456789abcdef01234567",
	}
	return labels, annotations
}

func encoded(data map[string]string) map[string]any {
	all := map[string]any{}
	for key, value := range data {
		all[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	return all
}

// create makes the copy with the source's data and these labels of its own.
func (e earlier) create(labels map[string]string) {
	e.Helper()
	data := e.data(management, e.name)
	marks, annotations := e.marks(sortedKeys(data)...)
	for key, value := range labels {
		marks[key] = value
	}
	e.kubectl(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": encoded(data),
		"metadata": map[string]any{"name": e.name, "namespace": e.namespace, "labels": marks, "annotations": annotations},
	}, "create", earlierManager, "-f", "-")
}

// adopt makes a copy of what is there.
func (e earlier) adopt() {
	e.Helper()
	data := e.data(management, e.name)
	labels, annotations := e.marks(sortedKeys(data)...)
	patch, err := json.Marshal(map[string]any{"data": encoded(data), "metadata": map[string]any{"labels": labels, "annotations": annotations}})
	if err != nil {
		e.Fatal(err)
	}
	e.clusters[prodOne].Kubectl(e, "patch", "secret", e.name, "-n", e.namespace, "--type=merge", earlierManager, "-p", string(patch))
}

// kubectl runs kubectl in prod-1 with an object on its standard input.
func (e earlier) kubectl(object map[string]any, args ...string) {
	e.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		e.Fatal(err)
	}
	cmd := exec.CommandContext(e.Context(), e.clusters[prodOne].KubectlPath(), append(args, "--kubeconfig", e.clusters[prodOne].Kubeconfig())...)
	cmd.Stdin = strings.NewReader(string(text))
	if said, err := cmd.CombinedOutput(); err != nil {
		e.Fatalf("kubectl %v: %v\n%s", args, err, said)
	}
}

// managers are the entries of a Secret's managed fields in prod-1, as MANAGER/OPERATION.
func (s *stage) managers(name string) string {
	var all []string
	for _, entry := range s.get(prodOne, name).GetManagedFields() {
		all = append(all, entry.Manager+"/"+string(entry.Operation))
	}
	return strings.Join(all, " ")
}

// A copy of an earlier version is ours: looked at, it is in sync, and the first run
// records by field what it holds, once.
func TestEarlierCopies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// act is what happens to the copy before the first run.
		act func(s *stage)
	}{
		{"as it was written", func(*stage) {}},
		{"its managed fields are lost", func(s *stage) { s.patch("app", `{"metadata":{"managedFields":[{}]}}`) }},
		{"restored by somebody", func(s *stage) {
			object := s.get(prodOne, "app").Object
			meta := object["metadata"].(map[string]any)
			for _, field := range []string{"managedFields", "uid", "resourceVersion", "creationTimestamp"} {
				delete(meta, field)
			}
			s.clusters[prodOne].Kubectl(s, "delete", "secret", "app", "-n", s.namespace)
			earlier{s, "app"}.kubectl(object, "create", "--field-manager=restorer", "-f", "-")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
			earlier{s, "app"}.create(map[string]string{"team": "a"})
			s.patch("app", `{"data":{"theirs":"eA=="},"metadata":{"labels":{"mine":"x"}}}`)
			c.act(s)
			same := []string{"app", "--to-context", prodOne, "--label", "team=a"}
			before := s.version("app")
			s.want(s.run(s.from(append([]string{"status"}, same...)...)...), 0, "1 in-sync")
			s.want(s.run(s.from(append([]string{"diff"}, same...)...)...), 0, "1 unchanged")
			if s.version("app") != before {
				t.Fatal("looking wrote")
			}
			s.want(s.copy(same...), 0, "1 updated")
			s.converged("app", "--label", "team=a")
			if managers := s.managers("app"); !strings.Contains(managers, "secretsync.datum.net/Apply") || strings.Contains(managers, "kubectl-secretsync") {
				t.Errorf("it is held by %s", managers)
			}
			// What the source loses goes, and so does the label with its flag; what is
			// others' stays.
			s.secret(management, "app", map[string]string{"a": s.value()})
			s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
			if data := s.data(prodOne, "app"); len(data) != 2 || data["theirs"] != "x" || data["a"] != s.data(management, "app")["a"] {
				t.Errorf("it has the keys %v", sortedKeys(data))
			}
			if labels := s.get(prodOne, "app").GetLabels(); labels["mine"] != "x" || labels["team"] != "" {
				t.Errorf("labels %v", labels)
			}
			s.want(s.run(s.remove("app")...), 0, "1 reduced")
			if data := s.data(prodOne, "app"); len(data) != 1 || data["theirs"] != "x" {
				t.Errorf("it has the keys %v", sortedKeys(data))
			}
		})
	}
}

// A deletion of an earlier version's copy takes no key that was there before it was
// adopted, the same value or not.
func TestEarlierAdoptions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	value := s.value()
	s.secret(management, "app", map[string]string{"a": s.value(), "same": value})
	s.secret(prodOne, "app", map[string]string{"theirs": "x", "same": value, "a": "y"})
	earlier{s, "app"}.adopt()
	s.want(s.run(s.remove("app")...), 0, "1 reduced", "-a", "=same", "=theirs")
	if data := s.data(prodOne, "app"); len(data) != 2 || data["theirs"] != "x" || data["same"] != value {
		t.Errorf("it has the keys %v", sortedKeys(data))
	}
	s.unmarked("app")
}

// An earlier version that comes back sees its own copy, and what it writes is ours
// again with the next run.
func TestDowngrade(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.patch("app", `{"data":{"theirs":"eA=="}}`)
	s.secret(management, "app", map[string]string{"a": s.value(), "c": s.value()})
	earlier{s, "app"}.adopt()
	s.patch("app", `{"data":{"b":null}}`)
	s.want(s.run(s.from("status", "app", "--to-context", prodOne)...), 0, "1 in-sync")
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
	s.converged("app")
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
	if data := s.data(prodOne, "app"); len(data) != 2 || data["theirs"] != "x" {
		t.Errorf("it has the keys %v", sortedKeys(data))
	}
	s.want(s.run(s.remove("app")...), 0, "1 reduced")
}

// sortedKeys are the keys of a map, in order.
func sortedKeys(data map[string]string) []string { return slices.Sorted(maps.Keys(data)) }
