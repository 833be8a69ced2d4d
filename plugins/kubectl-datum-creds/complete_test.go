package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestComplete: names of sessions and values of flags, and nothing on stderr.
func TestComplete(t *testing.T) {
	b := newBed(t)
	b.session("jane@example.com@api.datum.test", fresh())
	b.session("robot", fresh())
	for words, want := range map[string]string{
		"use |":                                 "jane@example.com@api.datum.test\nrobot\n:4\n",
		"logout --session |r":                   "robot\n:4\n",
		"get-token --session |j":                "jane@example.com@api.datum.test\n:4\n",
		"get-token -o |":                        "exec\ntoken\njson\nheader\n:4\n",
		"login --storage |k":                    "keyring\n:4\n",
		"update-kubeconfig --session |x":        ":4\n",
		"update-kubeconfig --kubeconfig |":      ":0\n",
		"kubeconfig --exec-interactive-mode |N": "Never\n:4\n",
	} {
		before, typed, _ := strings.Cut(words, "|")
		r := b.run(nil, append(append([]string{"__complete"}, strings.Fields(before)...), typed)...)
		if r.code != 0 || r.out != want || r.said != "" {
			t.Errorf("%s: %+v", words, r)
		}
	}
}

// TestCompletionGivesNoToken: under the name that kubectl asks for completions,
// the words of the fast answer are words to complete.
func TestCompletionGivesNoToken(t *testing.T) {
	b := newBed(t)
	b.session("robot", fresh())
	link := filepath.Join(t.TempDir(), "kubectl_complete-datum_creds")
	if err := os.Symlink(plugin, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), link, "get-token", "--session", "robot")
	cmd.Env = b.env
	said, err := cmd.CombinedOutput()
	if err != nil || string(said) != "robot\n:4\n" {
		t.Errorf("%s, %v", said, err)
	}
}
