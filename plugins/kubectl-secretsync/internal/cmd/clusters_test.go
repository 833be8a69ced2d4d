package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// add adds contexts to the kubeconfig: a name, and the server's address.
func (d *desk) add(t *testing.T, contexts map[string]string) {
	t.Helper()
	path := os.Getenv("KUBECONFIG")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, server := range contexts {
		context := "contexts:\n- {name: " + name + ", context: {cluster: " + name + ", user: u, namespace: team}}"
		cluster := "clusters:\n- {name: " + name + ", cluster: {server: \"" + server + "\", insecure-skip-tls-verify: true}}"
		text = []byte(strings.NewReplacer("contexts:", context, "clusters:", cluster).Replace(string(text)))
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAPatternLeavesOutTheSource: by whichever name and address.
func TestAPatternLeavesOutTheSource(t *testing.T) {
	d := newDesk(t, "prod")
	source := d.servers["management"]
	d.add(t, map[string]string{"same-address": source.URL, "same-cluster": strings.Replace(source.URL, "127.0.0.1", "localhost", 1)})
	d.want(t, "copy app --to-context * --to-namespace other", failure.OK, "1 created, 1 skipped", `context "same-address" is at the source's address`, "under another name")
	if source.Get("other", "app") != nil || d.servers["prod"].Get("other", "app") == nil {
		t.Error("the wrong clusters have it")
	}
	d.want(t, "copy app --to-context same-cluster --to-namespace other", failure.OK, "1 created")
	if source.Get("other", "app") == nil {
		t.Error("a context that is named was left out")
	}
	d.want(t, "delete app --to-context * --to-namespace other", failure.OK, "1 deleted, 1 skipped")
	if source.Get("other", "app") == nil {
		t.Error("the copy in the source's cluster was deleted")
	}
	d.want(t, "delete app --to-context * --to-context same-address --to-namespace other", failure.OK, "1 absent, 1 deleted, 1 skipped")
}
