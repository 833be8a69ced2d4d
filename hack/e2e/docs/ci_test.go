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

// read reads a file of the machine.
func (m *machine) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(m.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
