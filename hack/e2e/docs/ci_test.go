package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// example returns the path and the text of a file below examples/ci.
func example(t *testing.T, name string) (path string, text []byte) {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(root, "examples", "ci", name)
	if text, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return path, text
}

// program puts a program before all others on the machine's PATH: it stands for
// one of a cloud's.
func (m *machine) program(t *testing.T, name, script string) {
	t.Helper()
	dir := m.path("cloud")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nset -eu\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	for i, variable := range m.env {
		if rest, ok := strings.CutPrefix(variable, "PATH="); ok && !strings.HasPrefix(rest, dir) {
			m.env[i] = "PATH=" + dir + ":" + rest
		}
	}
}

// token is one of a cluster's service account "ci", which may do nothing.
func (m *machine) token(t *testing.T, cluster string) string {
	t.Helper()
	m.cluster(cluster).Apply(t, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: default}\n")
	return strings.TrimSpace(m.cluster(cluster).Kubectl(t, "create", "token", "ci", "-n", "default"))
}

// holds checks that a copy of a token has arrived in both clusters.
func (m *machine) holds(t *testing.T, secret, key, value string) {
	t.Helper()
	for _, name := range []string{prodOne, prodTwo} {
		got := m.cluster(name).Kubectl(t, "get", "secret", secret, "-n", "flux-system", "-o", fmt.Sprintf("go-template={{.data.%s | base64decode}}", key))
		if got != value {
			t.Errorf("%s holds something else", name)
		}
		m.cluster(name).Kubectl(t, "delete", "secret", secret, "-n", "flux-system")
	}
}

// refusal makes a cluster refuse copies in a way that no plan foresees.
const refusal = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: refusal}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]
  validations: [{expression: "object.metadata.name != 'registry-token'", message: refused by a test}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: refusal}
spec: {policyName: refusal, validationActions: [Deny]}
`

// canary checks that a script which is refused by the first cluster leaves the
// second alone.
func (m *machine) canary(t *testing.T, script string, env ...string) {
	t.Helper()
	const try = "kubectl --context prod-1 create secret generic registry-token -n flux-system --dry-run=server; do sleep 0.2; done"
	m.cluster(prodOne).Apply(t, refusal)
	m.must(t, "while "+try)
	said, code := m.shell(t, script, env...)
	if code != 4 || !strings.Contains(said, "a canary failed") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if found := m.cluster(prodTwo).Kubectl(t, "get", "secret", "registry-token", "-n", "flux-system", "--ignore-not-found"); found != "" {
		t.Errorf("the first cluster refused, yet the second has a copy\n%s", found)
	}
	m.cluster(prodOne).Kubectl(t, "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", "refusal")
	m.must(t, "until "+try)
}

// read reads a file of the machine.
func (m *machine) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(m.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
