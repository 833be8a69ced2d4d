package creds_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// browser puts a real browser behind xdg-open. It notes the address that it is
// started with, does what before says, and leaves in a file what it shows.
func (d *desk) browser(t *testing.T, before string) {
	t.Helper()
	chromium := testbed.Tool(t, "chromium")
	opener := fmt.Sprintf(`#!/bin/sh
cd %[2]s
echo "$1" >>opened
trap 'echo "$1" >>closed' EXIT
%[4]s
timeout 60 %[1]s --headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --user-data-dir=%[2]s/chromium --ignore-certificate-errors-spki-list=%[3]s \
	--virtual-time-budget=20000 --dump-dom "$1" >chromium.log 2>&1
`, chromium, d.home, issuing.certificate.PublicKeyHash, before)
	if err := os.WriteFile(filepath.Join(d.home, "bin", "xdg-open"), []byte(opener), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.closeBrowser)
}

// closeBrowser waits for the browser, which writes to its profile until the last
// of its processes has ended, and removes the profile.
func (d *desk) closeBrowser() {
	closed := func() bool {
		opened, _ := os.ReadFile(filepath.Join(d.home, "opened"))
		ended, _ := os.ReadFile(filepath.Join(d.home, "closed"))
		return len(opened) == len(ended) && os.RemoveAll(filepath.Join(d.home, "chromium")) == nil
	}
	for deadline := time.Now().Add(30 * time.Second); !closed() && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
}

// shows waits until the browser shows a text.
func (d *desk) shows(t *testing.T, text string) {
	t.Helper()
	testbed.Eventually(t, "the browser shows: "+text, time.Minute, func() error {
		seen, err := os.ReadFile(filepath.Join(d.home, "chromium.log"))
		if err == nil && !strings.Contains(string(seen), text) {
			err = fmt.Errorf("it shows: %s", seen)
		}
		return err
	})
}

// opened is the address that the browser was started with.
func (d *desk) opened(t *testing.T) (address string) {
	t.Helper()
	testbed.Eventually(t, "the browser is started", time.Minute, func() error {
		content, err := os.ReadFile(filepath.Join(d.home, "opened"))
		address = strings.TrimSpace(string(content))
		if err == nil && address == "" {
			err = os.ErrNotExist
		}
		return err
	})
	if !strings.HasPrefix(address, "http://127.0.0.1:") || strings.ContainsAny(address, "?=&") {
		t.Errorf("the browser is started with %s, which all users of the machine may read", address)
	}
	return address
}

// TestBrowserLogin signs in with a real browser, which the plugin opens.
func TestBrowserLogin(t *testing.T) {
	d := newDesk(t)
	d.browser(t, "")
	got := d.creds(t, append(d.loginFlags(), "--browser")...)
	if !strings.Contains(got.Stderr, "Signed in") || strings.Contains(got.Stderr, "warning") || got.Stdout != "" {
		t.Errorf("login: %s", got)
	}
	d.opened(t)
	d.shows(t, "You are signed in.")
	if who := strings.TrimSpace(d.creds(t, "whoami").Stdout); who != "jane@example.com" {
		t.Errorf("whoami: %s", who)
	}
}

// TestBrowserLoginThatIsObserved: somebody reads the arguments of the browser,
// and is faster. The real browser is turned away, neither ends the login, and
// the address on the terminal does.
func TestBrowserLoginThatIsObserved(t *testing.T) {
	d := newDesk(t)
	d.browser(t, "until [ -e go ]; do sleep 0.1; done")
	cmd := exec.CommandContext(t.Context(), d.plugin.Path, append(d.loginFlags(), "--browser")...)
	cmd.Env = d.env
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	printed := ""
	for printed == "" && lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); strings.HasPrefix(text, "https://") {
			printed = text
		}
	}
	thief := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := thief.Get(d.opened(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Location"), issuing.provider.Issuer) {
		t.Fatalf("the observer is not first: %s", resp.Status)
	}
	if err := os.WriteFile(filepath.Join(d.home, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.shows(t, "open the address that the terminal shows")
	// The user does as he is told.
	copied := exec.CommandContext(t.Context(), filepath.Join(d.home, "bin", "xdg-open"), printed)
	if out, err := copied.CombinedOutput(); err != nil {
		t.Errorf("the browser: %v\n%s", err, out)
	}
	rest := ""
	for lines.Scan() {
		rest += lines.Text() + "\n"
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(rest, "warning: somebody else opened this login") {
		t.Fatalf("login: %v\n%s", err, rest)
	}
	d.shows(t, "You are signed in.")
	if who := strings.TrimSpace(d.creds(t, "whoami").Stdout); who != "jane@example.com" {
		t.Errorf("whoami: %s", who)
	}
}
