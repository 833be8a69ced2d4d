package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// desk is where commands are run: servers by the names of their contexts, of
// which management is the current one, and the Secret team/app in it.
type desk struct {
	servers map[string]*apitest.Server
	// waits are the pauses that were asked for; none is waited.
	waits []time.Duration
}

func newDesk(t *testing.T, targets ...string) *desk {
	t.Helper()
	d := &desk{servers: map[string]*apitest.Server{}}
	var contexts, clusters strings.Builder
	for _, name := range append(targets, "management") {
		d.servers[name] = apitest.New(t)
		fmt.Fprintf(&contexts, "- {name: %s, context: {cluster: %s, user: u, namespace: team}}\n", name, name)
		fmt.Fprintf(&clusters, "- {name: %s, cluster: {server: %q, insecure-skip-tls-verify: true}}\n", name, d.servers[name].URL)
	}
	d.secret("app", "fleet", "all")
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := "apiVersion: v1\nkind: Config\ncurrent-context: management\ncontexts:\n" + contexts.String() +
		"clusters:\n" + clusters.String() + "users:\n- {name: u, user: {token: t}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", path)
	return d
}

// secret stores a Secret to copy, with a label.
func (d *desk) secret(name, label, value string) {
	d.servers["management"].Put("team", name, map[string]any{
		"data": map[string]any{"k": "eA=="}, "metadata": map[string]any{"labels": map[string]any{label: value}},
	})
}

// run runs a command line.
func (d *desk) run(t *testing.T, line string) (code failure.Code, stdout, stderr string) {
	t.Helper()
	return d.runUntil(t.Context(), line)
}

// runUntil is run until the context ends, as by Ctrl-C.
func (d *desk) runUntil(ctx context.Context, line string) (code failure.Code, stdout, stderr string) {
	var out, said bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &said}
	pause := func(ctx context.Context, wait time.Duration) error {
		d.waits = append(d.waits, wait)
		return ctx.Err()
	}
	root := newRoot(deps{Process: cli.Process{IOStreams: streams}, now: time.Now, pause: pause})
	code = cli.Main(ctx, root, streams, strings.Fields(line))
	return code, out.String(), said.String()
}

// want runs a command line and checks its code and words that it says.
func (d *desk) want(t *testing.T, line string, code failure.Code, words ...string) {
	t.Helper()
	got, stdout, stderr := d.run(t, line)
	if got != code {
		t.Errorf("%s: exit code %d, want %d\n%s%s", line, got, code, stdout, stderr)
	}
	for _, word := range words {
		if !strings.Contains(stdout+stderr, word) {
			t.Errorf("%s: nobody says %q\n%s%s", line, word, stdout, stderr)
		}
	}
}
