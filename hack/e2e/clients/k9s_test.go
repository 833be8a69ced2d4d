package clients_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestK9s has k9s list ConfigMaps on a terminal as the service account, and ends it when
// it shows one.
func TestK9s(t *testing.T) {
	client(t, "k9s")
	m := newMachine(t)
	m.add(t, "k9s")
	script := testbed.Tool(t, "script")
	proxy := m.signIn(t)
	namespace := m.cluster.Namespace(t)
	m.cluster.Kubectl(t, "create", "configmap", "shown-by-k9s", "-n", namespace)

	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, script, "-qec", "stty rows 40 cols 160; exec k9s --readonly --command configmaps -n "+namespace, os.DevNull)
	cmd.Dir, cmd.Env = m.home, append([]string{"SHELL=/bin/sh", "K9S_CONFIG_DIR=" + m.path("k9s")}, m.env...)
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	screen, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	shown, said := reads(screen, "shown-by-k9s")
	_, _ = io.WriteString(keys, "\x03") // Ctrl-C
	_, _ = io.Copy(io.Discard, screen)
	if err := cmd.Wait(); err != nil || !shown {
		log, _ := os.ReadFile(m.path(".local/state/k9s/k9s.log"))
		t.Errorf("k9s: %v, shown: %v\n%q\n%s", err, shown, said, log)
	}
	if proxy.Seen(plane) == 0 {
		t.Error("no request came through the control plane")
	}
}

// reads reads until a text comes, and reports whether it came.
func reads(from io.Reader, text string) (found bool, said string) {
	buffered := bufio.NewReader(from)
	var all strings.Builder
	for {
		next, err := buffered.ReadByte()
		if err != nil {
			return false, all.String()
		}
		all.WriteByte(next)
		if strings.HasSuffix(all.String(), text) {
			return true, all.String()
		}
	}
}
