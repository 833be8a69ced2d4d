package creds_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// evil is a server of an attacker's, which must hear nothing.
type evil struct {
	address string
	heard   atomic.Int64
}

func newEvil(t *testing.T) *evil {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	e := &evil{address: listener.Addr().String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			e.heard.Add(1)
			_ = conn.Close()
		}
	}()
	return e
}

// victim is a user with a session in a real keyring, a kubeconfig, and an
// allow-list that lets kubectl run this plugin and nothing else.
type victim struct {
	*desk
	evil *evil
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	d := newDesk(t)
	d.env = append(d.env, keyring(t, d.home), "SPACELIFT_OIDC_TOKEN=a.b.c")
	d.storage = "keyring"
	d.device(t, "jane")
	d.creds(t, "update-kubeconfig", "--project", "one", "--session", "jane")
	kuberc := filepath.Join(d.home, ".kube", "kuberc")
	if err := os.MkdirAll(filepath.Dir(kuberc), 0o700); err != nil {
		t.Fatal(err)
	}
	pinned := testbed.PinnedKubectl(t) // older ones know no allow-list
	link := filepath.Join(d.home, "bin", "kubectl")
	if err := errors.Join(os.Remove(link), os.Symlink(pinned, link)); err != nil {
		t.Fatal(err)
	}
	const policy = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: kubectl-datum_creds}]\n"
	if err := os.WriteFile(kuberc, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	return &victim{d, newEvil(t)}
}

// sessionFile is where a session of the victim's is.
func (v *victim) sessionFile(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(v.home, ".local/state/datum-creds/sessions", hex.EncodeToString(sum[:16]), "session.json")
}

// forget lets the next renewal be tried at once: a failure answers for a few
// seconds.
func (v *victim) forget(t *testing.T) {
	t.Helper()
	v.expire(t)
	if err := os.Remove(filepath.Join(filepath.Dir(v.sessionFile("jane")), "failure.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// unpacked makes the archive that the victim has unpacked: a home with a
// session of the same name, changed by edit.
func (v *victim) unpacked(t *testing.T, edit func(map[string]any)) (home string) {
	t.Helper()
	content, err := os.ReadFile(v.sessionFile("jane"))
	if err != nil {
		t.Fatal(err)
	}
	var session map[string]any
	if err := json.Unmarshal(content, &session); err != nil {
		t.Fatal(err)
	}
	edit(session)
	home = t.TempDir()
	dir := filepath.Join(home, ".local/state/datum-creds/sessions", filepath.Base(filepath.Dir(v.sessionFile("jane"))))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if content, err = json.Marshal(session); err == nil {
		err = os.WriteFile(filepath.Join(dir, "session.json"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return home
}

// strike lets the victim's kubectl use a kubeconfig of the attacker's, and
// returns what it says.
func (v *victim) strike(t *testing.T, mode, server string, env ...string) string {
	t.Helper()
	var vars strings.Builder
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&vars, "      - {name: %q, value: %q}\n", name, value)
	}
	config := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: %q}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: kubectl-datum_creds
      args: [get-token, --session, jane]
      interactiveMode: %s
      provideClusterInfo: true
      env:
%s`, server, mode, vars.String())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := v.kubectl(t, "--kubeconfig", config, "auth", "whoami", "--request-timeout=10s")
	if err == nil {
		t.Errorf("kubectl has a token:\n%s", said)
	}
	return said
}

// TestAMovedHomeGetsNothing plays what an unpacked archive and a kubeconfig
// could do: each sent a real secret away, or answered for the attacker's
// server, before homes were proven and secrets bound.
func TestAMovedHomeGetsNothing(t *testing.T) {
	v := newVictim(t)
	ran := filepath.Join(v.home, "ran")
	program := filepath.Join(v.home, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ntouch "+ran+"\necho token\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	v.robot(t, "robot") // whose key is in the victim's home
	url := "https://" + v.evil.address
	trusting := map[string]bool{"its own API server": true, "the victim's key": true}
	trustEvil := func(s map[string]any) {
		s["trust"] = map[string]any{"servers": []any{map[string]any{"host": v.evil.address}}}
	}
	for name, edit := range map[string]func(map[string]any){
		"its own token URL":  func(s map[string]any) { s["tokenURL"] = url + "/token" },
		"its own API server": trustEvil,
		"a file as CI identity": func(s map[string]any) {
			s["type"], s["storage"], s["tokenURL"], s["ciSource"] = "ambient", "none", url+"/token", "file:"+program
		},
		"a variable as CI identity": func(s map[string]any) {
			s["type"], s["storage"], s["tokenURL"], s["ciSource"] = "ambient", "none", url+"/token", "env:SPACELIFT_OIDC_TOKEN"
		},
		"the victim's key": func(s map[string]any) {
			trustEvil(s)
			s["type"], s["storage"], s["keyFile"], s["subject"] = "service-account", "none", filepath.Join(v.home, "robot.json"), "4711"
		},
		"a program": func(s map[string]any) { s["type"], s["storage"], s["helper"] = "datumctl", "none", program },
	} {
		t.Run(name, func(t *testing.T) {
			home := v.unpacked(t, edit)
			for _, pair := range []string{
				"HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, ".local/state"), "DATUM_CREDS_HOME=" + filepath.Join(home, ".local/state/datum-creds"),
			} {
				for _, mode := range []string{"Never", "IfAvailable"} {
					before := v.evil.heard.Load()
					// A session that trusts the attacker's server is asked for a token for it.
					server := v.planes.URL + projectOne
					if trusting[name] {
						server = url
					}
					if said := v.strike(t, mode, server, pair); !strings.Contains(said, "exit code 5") {
						t.Errorf("%s, %s: %s", pair, mode, said)
					}
					if n := v.evil.heard.Load() - before; n > 0 {
						t.Errorf("%s, %s: %d connections to the attacker", pair, mode, n)
					}
				}
			}
		})
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the attacker's ran")
	}
	if got := v.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("afterwards the victim is %s", got)
	}
}

// TestTheSecretStaysWithItsServer: even a session.json in the user's own home
// that names another server gets nothing sent.
func TestTheSecretStaysWithItsServer(t *testing.T) {
	v := newVictim(t)
	file := v.sessionFile("jane")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"issuer", "tokenURL", "clientID", "subject"} {
		var s map[string]any
		if err := json.Unmarshal(content, &s); err != nil {
			t.Fatal(err)
		}
		s[field] = "https://" + v.evil.address + "/token"
		changed, err := json.Marshal(s)
		if err == nil {
			err = os.WriteFile(file, changed, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		v.forget(t)
		if said, err := v.kubectl(t, "auth", "whoami"); err == nil || !strings.Contains(said, "exit code 5") || !strings.Contains(said, "nothing is sent") {
			t.Errorf("%s: %v, %s", field, err, said)
		}
	}
	if n := v.evil.heard.Load(); n > 0 {
		t.Errorf("%d connections to the attacker", n)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	v.forget(t)
	if got := v.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("afterwards the victim is %s", got)
	}
}

// TestAForeignBusHearsNothing: a kubeconfig names another message bus, with
// which it would store or swap secrets, or a transport that runs a program.
func TestAForeignBusHearsNothing(t *testing.T) {
	v := newVictim(t)
	bin, ran := t.TempDir(), filepath.Join(v.home, "ran")
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "bus")
	ours, err := net.Listen("unix", socket) // of the same user, as an ssh tunnel is
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int64
	t.Cleanup(func() { _ = ours.Close() })
	go func() {
		for conn, err := ours.Accept(); err == nil; conn, err = ours.Accept() {
			calls.Add(1)
			_ = conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(v.evil.address)
	for _, address := range []string{
		"tcp:host=127.0.0.1,port=" + port, "nonce-tcp:host=127.0.0.1,port=" + port + ",noncefile=/dev/null", "autolaunch:",
		"unix:path=" + socket, "tcp:host=127.0.0.1,port=" + port + ";unix:path=" + socket, "unixexec:path=" + filepath.Join(bin, "dbus-launch"),
	} {
		for _, mode := range []string{"Never", "IfAvailable"} {
			v.forget(t)
			said := v.strike(t, mode, v.planes.URL+projectOne, "DBUS_SESSION_BUS_ADDRESS="+address, "PATH="+bin)
			if !strings.Contains(said, "exit code 4") || !strings.Contains(said, "session bus") {
				t.Errorf("%s: %s", address, said)
			}
		}
	}
	if v.evil.heard.Load() > 0 || calls.Load() > 0 {
		t.Errorf("%d connections by TCP, %d to the socket", v.evil.heard.Load(), calls.Load())
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("dbus-launch ran")
	}
	// The parent's own bus goes on working.
	v.forget(t)
	if got := v.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("afterwards the victim is %s", got)
	}
}
