package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestABrowserLoginShowsNothingInArguments looks through all command lines
// while the program that opened the browser still runs, and the code is used.
func TestABrowserLoginShowsNothingInArguments(t *testing.T) {
	b := newBed(t)
	w := &watch{secrets: map[string]bool{}}
	bin := t.TempDir()
	opener := filepath.Join(bin, "xdg-open")
	if err := os.WriteFile(opener, []byte("#!/bin/sh\nsleep 5\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	looked := false
	b.server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method == http.MethodPost && r.ParseForm() == nil {
			w.learn(r.PostForm.Get("code"), r.PostForm.Get("code_verifier"))
			b.lookAtProcesses(w)
			looked = running(opener)
		}
		return false
	})
	args := b.loginArgs()
	args[1] = "--browser"
	cmd := b.command([]string{"PATH=" + bin + ":" + os.Getenv("PATH")}, append(args, "--storage", "file")...)
	said := &answering{browse: func(address string) {
		u, err := url.Parse(address)
		if err != nil {
			t.Error(err)
			return
		}
		query := u.Query()
		w.learn(query.Get("state"), query.Get("nonce"), query.Get("code_challenge"))
		for deadline := time.Now().Add(5 * time.Minute); !running(opener) && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		follow(t, address)
	}}
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		t.Fatalf("login: %v\n%s", err, said.text())
	}
	if !looked || len(w.secrets) < 5 {
		t.Errorf("the opener was not seen, or only %d secrets were watched", len(w.secrets))
	}
}

// running reports whether a program runs with a loopback address as its argument.
func running(program string) bool {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(line), program+"\x00http://127.0.0.1:") {
			return true
		}
	}
	return false
}
