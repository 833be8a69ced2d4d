package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// decode reads a request's body.
func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var read map[string]any
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return read
}

func at(t *testing.T, object map[string]any, path ...string) any {
	t.Helper()
	var value any = object
	for _, key := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[key]
	}
	return value
}

func contentOf(t *testing.T, data map[string]string) *secret.Content {
	t.Helper()
	source := secret.Secret{Type: "Opaque", Data: map[string]secret.Value{}}
	for key, value := range data {
		source.Data[key] = secret.NewValue([]byte(value))
	}
	c, err := secret.Spec{Labels: map[string]string{"team": "a"}}.Content(source, secret.Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "u", ResourceVersion: "7"}, secret.Stamp{}, secret.NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWrites: what goes over the wire: all of the copy, with the UID and the
// resourceVersion that were read, under our name.
func TestWrites(t *testing.T) {
	fine := says(200, `{"metadata":{"name":"s","uid":"new","resourceVersion":"9"}}`, "Warning", `299 - "it holds the-value"`)
	place := plan.Place{Namespace: "n", Name: "s"}
	prints := secret.NewFingerprinter()
	c, w := client(t, fine)
	written, err := c.Create(t.Context(), prints, plan.Action{Item: plan.Item{Place: place, Content: contentOf(t, map[string]string{"k": "v"})}}, true)
	if err != nil || written.UID != "new" || written.ResourceVersion != "9" || len(written.Said) != 1 || strings.Contains(written.Said[0], "the-value") {
		t.Errorf("%+v, %v", written, err)
	}
	if !slices.Contains(written.Changed, ".data.k") || !slices.Contains(written.Changed, ".metadata.labels.team") || slices.Contains(written.Changed, ".type") {
		t.Errorf("changed by admission: %v", written.Changed)
	}
	sent := decode(t, w.asked[0].body)
	if w.asked[0].line != "PATCH /api/v1/namespaces/n/secrets/s?dryRun=All&fieldManager=secretsync.datum.net&force=false" || w.asked[0].header.Get("User-Agent") != "test" || w.asked[0].header.Get("Content-Type") != contentApply {
		t.Errorf("%+v", w.asked[0])
	}
	if at(t, sent, "data", "k") != base64.StdEncoding.EncodeToString([]byte("v")) || at(t, sent, "metadata", "labels", "team") != "a" || at(t, sent, "metadata", "resourceVersion") != "1" || at(t, sent, "metadata", "uid") != nil {
		t.Errorf("%v", sent)
	}

	old := &secret.Snapshot{Meta: secret.Meta{Namespace: "n", Name: "s", UID: "uid", ResourceVersion: "5", Labels: map[string]string{"theirs": "x"}}}
	c, w = client(t, fine)
	action := plan.Action{
		Item: plan.Item{Place: place, Content: contentOf(t, map[string]string{"a": "1", "b": "2"}), Seen: plan.Observation{Object: old}},
		Work: plan.Work{Drop: secret.FieldSet{{Kind: secret.DataField, Key: "z"}: true, {Kind: secret.LabelField, Key: "was"}: true}, Force: true},
	}
	if _, err := c.Apply(t.Context(), prints, action, false); err != nil {
		t.Fatal(err)
	}
	sent = decode(t, w.asked[0].body)
	data, _ := sent["data"].(map[string]any)
	removed, named := data["z"]
	if w.asked[0].header.Get("Content-Type") != "application/merge-patch+json" || len(data) != 1 || !named || removed != nil || at(t, sent, "metadata", "resourceVersion") != "5" {
		t.Errorf("%+v", w.asked[0])
	}
	sent = decode(t, w.asked[1].body)
	if !strings.HasSuffix(w.asked[1].line, "force=true") || at(t, sent, "data", "a") != "MQ==" || at(t, sent, "data", "z") != nil || sent["type"] != "Opaque" {
		t.Errorf("%+v", w.asked[1])
	}
	if at(t, sent, "metadata", "uid") != "uid" || at(t, sent, "metadata", "resourceVersion") != "9" || at(t, sent, "metadata", "labels", "theirs") != nil {
		t.Errorf("%v", sent)
	}

	c, w = client(t, says(200, `{"kind":"Status"}`))
	if err := c.Delete(t.Context(), place, old.Meta, true); err != nil {
		t.Fatal(err)
	}
	sent = decode(t, w.asked[0].body)
	if at(t, sent, "preconditions", "uid") != "uid" || at(t, sent, "preconditions", "resourceVersion") != "5" || fmt.Sprint(sent["dryRun"]) != "[All]" {
		t.Errorf("%v", sent)
	}
}

// TestEmptyCopies: an empty map of data would be held as a whole.
func TestEmptyCopies(t *testing.T) {
	c, w := client(t, says(201, `{"metadata":{"name":"s"}}`))
	if _, err := c.Create(t.Context(), secret.NewFingerprinter(), plan.Action{Item: plan.Item{Place: plan.Place{Namespace: "n", Name: "s"}, Content: contentOf(t, nil)}}, false); err != nil {
		t.Fatal(err)
	}
	if _, there := decode(t, w.asked[0].body)["data"]; there {
		t.Error(w.asked[0].body)
	}
}

// TestRecreatedKeeps: what others gave the old one goes on, but for what holds
// its data in the clear.
func TestRecreatedKeeps(t *testing.T) {
	yes := true
	old := &Preserved{Immutable: true, Meta: secret.Meta{
		Labels: map[string]string{"theirs": "x", "team": "old"}, Annotations: map[string]string{"note": "y", secret.LastApplied: "{}"},
		Finalizers: []string{"f"}, OwnerReferences: []secret.OwnerReference{{Kind: "ConfigMap", Name: "o", Controller: &yes}},
	}}
	c, w := client(t, says(201, `{"metadata":{"name":"s"}}`))
	if _, err := c.Remake(t.Context(), secret.NewFingerprinter(), plan.Place{Namespace: "n", Name: "s"}, contentOf(t, nil), old, false); err != nil {
		t.Fatal(err)
	}
	sent := decode(t, w.asked[0].body)
	if at(t, sent, "metadata", "labels", "theirs") != "x" || at(t, sent, "metadata", "labels", "team") != "a" || at(t, sent, "metadata", "annotations", "note") != "y" ||
		at(t, sent, "metadata", "annotations", secret.LastApplied) != nil || sent["immutable"] != true || at(t, sent, "metadata", "ownerReferences") == nil || at(t, sent, "metadata", "finalizers") == nil {
		t.Errorf("%v", sent)
	}
}
