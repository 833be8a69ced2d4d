package main

import (
	"os/exec"
	"strings"
	"testing"
)

// hint is what a failure tells the user to do; "" where it tells nothing.
func (r run) hint() string {
	_, hint, _ := strings.Cut(r.said, "\nhint: ")
	return strings.TrimSuffix(hint, "\n")
}

// pasted is what sh makes of a hint: the arguments of each kubectl that it
// runs. Nothing else can be run.
func pasted(t *testing.T, hint string) string {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", "kubectl() { printf '%s|' \"$@\"; }\n"+hint)
	cmd.Env = []string{"PATH=/none"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("sh: %v, %s", err, out)
	}
	return string(out)
}

// TestACraftedNameIsPastedAsOneWord: a kubeconfig names the session, and the
// user pastes what we say.
func TestACraftedNameIsPastedAsOneWord(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"o'brien@example.com", "x' --hostname auth.evil.test --client-id 'y", "x'; curl evil.test; '", "$(id)"} {
		r := b.run([]string{question(apiHost)}, "get-token", "--session", name)
		r.wantFailure(t, 6, "there is no session")
		command, _, _ := strings.Cut(r.hint(), ", or see")
		if got, want := pasted(t, command), "datum-creds|login|--name|"+name+"|"; got != want {
			t.Errorf("%s\nruns %q, want %q", command, got, want)
		}
	}
	// An ended session's hint goes the same way.
	b.ended("o'brien")
	if got := pasted(t, b.run([]string{question(apiHost)}, "get-token").hint()); got != "datum-creds|login|--name|o'brien|" {
		t.Errorf("runs %q", got)
	}
}

// TestANameThatDoesNotPrintIsNotShown: it could write a line of its own.
func TestANameThatDoesNotPrintIsNotShown(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"x\nerror: run evil", "x\x1b[2J", "x\u202e", strings.Repeat("x", 300)} {
		r := b.run([]string{question(apiHost)}, "get-token", "--session", name)
		r.wantFailure(t, 2, "session name")
		if contains(r.said, "evil") || contains(r.said, "xx") {
			t.Errorf("%q is shown:\n%s", name, r.said)
		}
	}
}

// TestACraftedHostIsInNoHint: whoever pastes it would trust, or run, anything.
func TestACraftedHostIsInNoHint(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	for _, host := range []string{"api.evil.test;id", "$(id).evil.test", "`id`.evil.test", "x|sh", "x'y", "x&y", "x*", "xé"} {
		r := b.run([]string{question("https://" + host)}, "get-token")
		r.wantFailure(t, 5, "session s: no token for this server")
		if r.hint() != "" {
			t.Errorf("hint for %s: %s", host, r.hint())
		}
	}
	for _, host := range []string{"api.evil.test:6443", "[::1]:6443"} {
		_, command, _ := strings.Cut(b.run([]string{question("https://" + host)}, "get-token").hint(), ": ")
		if got := pasted(t, command); got != "datum-creds|trust|--session|s|https://"+host+"|" {
			t.Errorf("%s\nruns %q", command, got)
		}
	}
}

// TestAMistypedCommandIsCorrected in words that one can read.
func TestAMistypedCommandIsCorrected(t *testing.T) {
	r := newBed(t).run(nil, "get-tokn")
	if r.code != 2 || contains(r.said, `\t`) || !contains(r.said, "\n  get-token\n") {
		t.Errorf("get-tokn: %+v", r)
	}
}
