package main

import (
	"encoding/json"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// listener is a server of an attacker's. It counts who comes.
type listener struct {
	address string
	came    atomic.Int32
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard := &listener{address: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			heard.came.Add(1)
			_ = conn.Close()
		}
	}()
	return heard
}

// victim is a user with a home and a session, and with things in the home that
// an attacker would like to have.
type victim struct {
	*bed
	dir, key, jwt string
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	b := newBed(t)
	v := &victim{bed: b, dir: t.TempDir()}
	b.home = store.At(filepath.Join(v.dir, ".local", "state", "datum-creds"))
	b.env = []string{"HOME=" + v.dir, "PATH=" + os.Getenv("PATH"), "CI_TOKEN=a.b.c"}
	b.session("s", expired())
	v.key, v.jwt = filepath.Join(v.dir, "key.json"), filepath.Join(v.dir, "token")
	for path, text := range map[string]string{v.key: b.server.KeyFile(t, apiHost), v.jwt: "a.b.c"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// attack is a home that the user unpacked, and the variables of a kubeconfig.
type attack struct {
	session session.Session
	added   []string
}

// attacks draws any session file and any variables.
func (v *victim) attacks(r *rand.Rand, evil *listener, program string) attack {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	url := "https://" + evil.address
	s := session.Session{
		Name: "s", Type: session.Type(pick("user", "service-account", "ambient", "datumctl")),
		Storage: session.Storage(pick("keyring", "file", "encrypted-file", "none")),
		Issuer:  pick(url, v.server.URL), TokenURL: pick(url, v.server.URL) + "/oauth/v2/token", RevocationURL: url + "/revoke",
		API: apiHost, Trust: session.Trust{Servers: []session.Server{{Host: pick("api.datum.test", "evil.test")}}, WithoutClusterInfo: true},
		CAFile: pick("", v.server.CAFile), ClientID: "client-1", Subject: pick("user-1", "4711"), Helper: program,
		KeyFile: pick("", v.key), CISource: pick("file:"+v.jwt, "env:CI_TOKEN", "github", "spacelift"), Audience: url,
	}
	home := filepath.Join(v.t.TempDir(), "unpacked")
	variable := pick("HOME", "XDG_STATE_HOME", "DATUM_CREDS_HOME")
	at := map[string]string{
		"HOME": filepath.Join(home, ".local", "state", "datum-creds"), "XDG_STATE_HOME": filepath.Join(home, "datum-creds"), "DATUM_CREDS_HOME": home,
	}[variable]
	place := store.At(at).Session("s")
	for _, err := range []error{place.SaveSession(s), place.SaveSecret(secret.New("an-attackers-token")), place.SaveToken(expired()), store.At(at).SetCurrent("s")} {
		if err != nil {
			v.t.Fatal(err)
		}
	}
	key, _ := json.Marshal(map[string]string{
		"type": "datum_service_account", "client_id": "1", "private_key_id": "1", "private_key": "x", "api_endpoint": apiHost, "token_uri": url + "/token",
	})
	added := []string{
		variable + "=" + home, question(pick(apiHost, "https://evil.test")),
		pick("A=b", "HTTPS_PROXY=http://"+evil.address, "https_proxy=socks5://"+evil.address),
		pick("A=b", "DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port="+port(evil.address), "DBUS_SESSION_BUS_ADDRESS=autolaunch:"),
		pick("A=b", "DATUM_CREDENTIALS="+string(key), "DATUM_CREDENTIALS_FILE="+v.key),
		pick("A=b", "ACTIONS_ID_TOKEN_REQUEST_URL="+url, "SSL_CERT_FILE="+v.server.CAFile, "PATH="+filepath.Dir(program)),
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN=x", "DATUM_CREDS_PASSPHRASE=known to the attacker",
	}
	return attack{s, added}
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// TestAnUnprovenHomeGetsNothing: whatever is in a home that only the kubeconfig
// names, and whatever else it says, no byte leaves, no program runs and no token
// comes.
func TestAnUnprovenHomeGetsNothing(t *testing.T) {
	v := newVictim(t)
	evil := newListener(t)
	bin, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	for _, name := range []string{"datumctl", "dbus-launch", "xdg-open"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\ntouch "+ran+"\necho token\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	before := v.server.Requests("/oauth/v2/token")
	r := rand.New(rand.NewPCG(1, 2)) // the same attacks each time
	rounds := 150
	if testing.Short() {
		rounds = 30
	}
	for range rounds {
		a := v.attacks(r, evil, filepath.Join(bin, "datumctl"))
		args := []string{"get-token", "--session", "s"}
		if r.IntN(3) == 0 {
			args = append(args[:1], "--credentials", v.key)
		}
		got := finish(t, byClient(v.env, a.added, args...))
		if got.code == 0 || got.out != "" {
			t.Errorf("%v with %v: %+v", args, a, got)
		}
		if _, err := os.Stat(ran); err == nil {
			t.Fatalf("a program ran: %v", a)
		}
	}
	if evil.came.Load() > 0 || v.server.Requests("/oauth/v2/token") != before {
		t.Errorf("%d connections to the attacker, %d token requests", evil.came.Load(), v.server.Requests("/oauth/v2/token")-before)
	}
	// The attacks are real: the user's own home gives a token.
	if got := v.run(nil, "get-token"); got.code != 0 || got.token() == "" {
		t.Errorf("the user: %+v", got)
	}
}

// TestAnUnprovenHomeGivesWhatItKeeps: a fresh token in it is the attacker's own.
func TestAnUnprovenHomeGivesWhatItKeeps(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	added := []string{b.env[0], question(apiHost)}
	if got := finish(t, byClient(nil, added, "get-token", "--session", "s")); got.token() != "a-fresh-token" {
		t.Errorf("%+v", got)
	}
	b.session("s", expired())
	finish(t, byClient(nil, added, "get-token", "--session", "s")).wantFailure(t, 5, "session s is not used", b.home.Dir(), "not in the kubeconfig")
	if n := b.server.Requests("/oauth/v2/token"); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestChildrenOfGetToken looks at what the program of a session gets: only what
// the list allows.
func TestChildrenOfGetToken(t *testing.T) {
	b := newBed(t)
	seen := filepath.Join(t.TempDir(), "seen")
	helper := filepath.Join(t.TempDir(), "datumctl")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\nenv >"+seen+"\nprintf a-token\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	place := b.session("dc", expired())
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.Type, s.Storage, s.Helper = session.Datumctl, session.None, helper
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	added := []string{"PATH=/evil", "LD_PRELOAD=/evil.so", "GODEBUG=execerrdot=0", "DATUM_CREDENTIALS=x", "DBUS_SESSION_BUS_ADDRESS=unix:path=/evil", question(apiHost)}
	if got := finish(t, byClient(b.env, added, "get-token", "--session", "dc")); got.token() != "a-token" {
		t.Fatalf("%+v", got)
	}
	content, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(content)) {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, name)
	}
	allowed := []string{"HOME", "PATH", "DATUMCTL_NO_UPDATE_CHECK", "PWD", "_", "SHLVL", "OLDPWD"} // the last four are the shell's
	if extra := slices.DeleteFunc(names, func(name string) bool { return slices.Contains(allowed, name) }); len(extra) > 0 || strings.Contains(string(content), "evil") {
		t.Errorf("the program got %v:\n%s", extra, content)
	}
}
