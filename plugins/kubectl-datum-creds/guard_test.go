package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/environment"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// forClients are the commands that a Kubernetes client may run; renew-session
// refuses by itself whoever does not hand it the lock.
var forClients = map[string]bool{"get-token": true, "auth get-token": true, "renew-session": true}

// commands returns the words of all commands, hidden ones too.
func commands(t *testing.T) [][]string {
	t.Helper()
	root := cmd.NewRoot(cmd.NewDependencies(cli.Process{IOStreams: genericiooptions.IOStreams{In: os.Stdin, Out: io.Discard, ErrOut: io.Discard}}, environment.Take(nil)))
	all := [][]string{nil}
	var walk func(*cobra.Command, []string)
	walk = func(c *cobra.Command, words []string) {
		for _, sub := range c.Commands() {
			path := append(append([]string{}, words...), sub.Name())
			all = append(all, path)
			walk(sub, path)
		}
	}
	walk(root, nil)
	if len(all) < 15 {
		t.Fatalf("only %d commands", len(all))
	}
	return all
}

// TestAKubeconfigRunsNoOtherCommand: who writes a kubeconfig chooses the
// arguments of its helper. `trust` and `login` from there would undo what
// get-token refuses.
func TestAKubeconfigRunsNoOtherCommand(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	for _, words := range append(commands(t), []string{"help"}, []string{"completion", "bash"}, []string{"__complete", "use", ""}, []string{"no-such"}) {
		if forClients[strings.Join(words, " ")] {
			continue
		}
		for _, more := range [][]string{nil, {"--no-such-flag"}, {"a", "b", "c"}} {
			b.run([]string{question(apiHost)}, append(append([]string{}, words...), more...)...).wantFailure(t, 5, "Kubernetes client")
		}
	}
	for _, words := range [][]string{{"get-token"}, {"auth", "get-token"}} {
		if r := b.run([]string{question(apiHost)}, words...); r.code != 0 || r.out == "" {
			t.Errorf("%v: %+v", words, r)
		}
	}
	b.run([]string{question(apiHost)}, "renew-session", "--session", "s").wantFailure(t, 2, "not by hand")
}

// TestAKubeconfigCannotTakeTheToken plays what a crafted kubeconfig would.
func TestAKubeconfigCannotTakeTheToken(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	ran := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(t.TempDir(), "evil.sh")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\ntouch "+ran+"\necho token\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"trust", "https://evil.test"},
		{"trust", "--without-cluster-info"},
		{"login", "--from-datumctl", evil},
		{"logout", "--all", "--local"},
	} {
		b.run([]string{question("https://evil.test")}, args...).wantFailure(t, 5)
	}
	b.run([]string{question("https://evil.test")}, "get-token").wantFailure(t, 5, "evil.test is not of this session")
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the kubeconfig's was run")
	}
	if _, err := place.Session(); err != nil {
		t.Errorf("the session is gone: %v", err)
	}
}
