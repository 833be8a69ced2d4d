package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

// patient is one with a home of its own, and variables.
func patient(t *testing.T, vars map[string]string) Patient {
	t.Helper()
	getenv := func(name string) string { return vars[name] }
	return Patient{
		Auth: auth.Environment{
			Home: store.At(filepath.Join(t.TempDir(), "home")), Getenv: getenv, Now: time.Now, Notify: func(string) {}, UserAgent: "test",
			Passphrase: auth.PassphraseOf(getenv),
		},
		Getenv: getenv, LookPath: func(string) (string, error) { return "", errors.New("not found") },
	}
}

// only is the one finding that there should be.
func only(t *testing.T, findings []Finding) Finding {
	t.Helper()
	if len(findings) != 1 {
		t.Fatalf("%d findings: %+v", len(findings), findings)
	}
	return findings[0]
}

func (f Finding) want(t *testing.T, state State, says, fix string) {
	t.Helper()
	if f.State != state || !strings.Contains(f.Message, says) || !strings.Contains(f.Fix, fix) || (state == Bad && f.Fix == "" && fix != "") {
		t.Errorf("%+v, want %s with %q and the fix %q", f, state, says, fix)
	}
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHome(t *testing.T) {
	p := patient(t, nil)
	only(t, p.home()).want(t, OK, "is not there yet", "")
	if err := os.Mkdir(p.Auth.Home.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	only(t, p.home()).want(t, OK, "can be written", "")
	if left, _ := filepath.Glob(filepath.Join(p.Auth.Home.Dir(), ".doctor-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(p.Auth.Home.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	only(t, p.home()).want(t, Bad, "lets others in", "yours alone")
	p.Auth.Home = store.Home{}
	only(t, p.home()).want(t, Warn, "no place to keep sessions", "HOME")
	p.Auth.Home = store.At(write(t, ""))
	only(t, p.home()).want(t, Bad, "not a folder", "yours alone")
}

func TestEnvironment(t *testing.T) {
	key := authtest.New(t).KeyFile(t, "https://api.datum.test")
	for name, c := range map[string]struct {
		vars  map[string]string
		state State
		says  string
	}{
		"a key":             {map[string]string{"DATUM_CREDENTIALS": key}, OK, "the key of robot@default.p1.iam.datum.test"},
		"no key":            {map[string]string{"DATUM_CREDENTIALS": "private-words"}, Bad, "no service account key"},
		"a file that isn't": {map[string]string{"DATUM_CREDENTIALS_FILE": "/no/such"}, Bad, "no such file"},
		"a proxy":           {map[string]string{"HTTPS_PROXY": "http://user:private-words@proxy"}, OK, "HTTPS_PROXY is set"},
		"certificates":      {map[string]string{"SSL_CERT_DIR": "/x"}, Warn, "does not count when a kubeconfig asks"},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(t, patient(t, c.vars).environment())
			if got.State != c.state || !strings.Contains(got.Message, c.says) || strings.Contains(got.Message, "private-words") {
				t.Errorf("%+v, want %s with %q", got, c.state, c.says)
			}
		})
	}
	if got := patient(t, nil).environment(); len(got) > 0 {
		t.Errorf("nothing is set, and found: %+v", got)
	}
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	self, old, link := filepath.Join(dir, "self"), filepath.Join(dir, "old"), filepath.Join(dir, "link")
	for _, err := range []error{os.WriteFile(self, nil, 0o700), os.WriteFile(old, nil, 0o700), os.Symlink(self, link)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p := patient(t, nil)
	p.Self = self
	only(t, p.command()).want(t, Bad, "is not on PATH", "krew install")
	for found, state := range map[string]State{self: OK, link: OK, old: Warn} {
		p.LookPath = func(string) (string, error) { return found, nil }
		if got := only(t, p.command()); got.State != state {
			t.Errorf("%s: %+v, want %s", found, got, state)
		}
	}
}

func TestKuberc(t *testing.T) {
	lookPath := func(name string) (string, error) {
		switch name {
		case entries.Command, "/bin/kubectl-datum_creds":
			return "/bin/kubectl-datum_creds", nil
		case "aws":
			return "/bin/aws", nil
		}
		return "", errors.New("not found")
	}
	const allow = "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: "
	for name, c := range map[string]struct {
		text  string
		state State
		says  string
	}{
		"empty":          {"", OK, "every credential plugin is allowed"},
		"all":            {"credentialPluginPolicy: AllowAll", OK, "every credential plugin is allowed"},
		"none":           {"credentialPluginPolicy: DenyAll", Bad, "no credential plugin is allowed"},
		"listed":         {allow + "[{command: kubectl-datum_creds}]", OK, "is on the list"},
		"by its path":    {allow + "[{command: aws}, {command: /bin/kubectl-datum_creds}]", OK, "is on the list"},
		"by the alias":   {allow + "[{name: kubectl-datum_creds}]", OK, "is on the list"},
		"not listed":     {allow + "[{command: aws}]", Bad, "is not on the list"},
		"an empty entry": {allow + "[{}]", Bad, "is not on the list"},
		"not installed":  {allow + "[{command: none}]", Bad, "is not on the list"},
		"not YAML":       {"\t", Bad, "it is no YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			p := patient(t, nil)
			p.Kuberc, p.LookPath = write(t, c.text), lookPath
			got := only(t, p.kuberc())
			if got.State != c.state || !strings.Contains(got.Message, c.says) || (c.state == Bad) != (got.Fix != "") {
				t.Errorf("%+v, want %s with %q", got, c.state, c.says)
			}
		})
	}
	p := patient(t, nil)
	p.Kuberc = "/no/such"
	only(t, p.kuberc()).want(t, OK, "there is none", "")
	p.Kuberc = t.TempDir()
	only(t, p.kuberc()).want(t, Warn, "directory", "")
}

func TestKubeconfigs(t *testing.T) {
	p := patient(t, nil)
	s := session.Session{Name: "jane", Type: session.User, Storage: session.File, API: "https://api.test"}
	if err := p.Auth.Home.Session("jane").SaveSession(s); err != nil {
		t.Fatal(err)
	}
	user := func(command, args, more string) string {
		return write(t, "kind: Config\nusers:\n- name: u\n  user: {exec: {apiVersion: v1, command: "+command+", args: ["+args+"]"+more+"}}\n")
	}
	for name, c := range map[string]struct {
		path  string
		state State
		says  string
	}{
		"ours":              {user(entries.Command, "get-token, --session, jane", ", provideClusterInfo: true"), OK, "user u is session jane"},
		"of no session":     {user(entries.Command, "get-token, --session, joe", ""), Bad, "there is no session joe"},
		"by a path":         {user("/opt/kubectl-datum_creds", "get-token, --session, jane", ", provideClusterInfo: true"), Warn, "by a path"},
		"without a server":  {user(entries.Command, "get-token, --session, jane", ""), Bad, "does not tell its server"},
		"datumctl's":        {user("datumctl", "auth, get-token", ""), Warn, "calls datumctl"},
		"not to be read":    {write(t, "\t"), Bad, "not YAML"},
		"a folder, no file": {t.TempDir(), Bad, "directory"},
	} {
		t.Run(name, func(t *testing.T) {
			p := p
			p.Kubeconfigs = []string{c.path}
			got := only(t, p.kubeconfigs())
			if got.State != c.state || !strings.Contains(got.Message, c.says) || (c.state != OK) != (got.Fix != "") {
				t.Errorf("%+v, want %s with %q", got, c.state, c.says)
			}
		})
	}
	p.Kubeconfigs = []string{user("aws", "eks, get-token", ""), user(entries.Command, "get-token, --credentials, /k", "")}
	if got := p.kubeconfigs(); len(got) > 0 {
		t.Errorf("other people's entries: %+v", got)
	}
}

func TestSession(t *testing.T) {
	vars := map[string]string{}
	p := patient(t, vars)
	handle := func(storage session.Storage) auth.Handle {
		t.Helper()
		s := session.Session{Name: "jane", Type: session.User, Storage: storage, API: "https://api.test"}
		if err := p.Auth.Home.Session("jane").SaveSession(s); err != nil {
			t.Fatal(err)
		}
		h, err := p.Auth.Named("jane")
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := handle(session.File)
	p.secret("s", h).want(t, Bad, "its secret is gone from the file", "login --name 'jane'")
	if err := h.Place.SaveSecret(secret.New("a-refresh-token")); err != nil {
		t.Fatal(err)
	}
	p.secret("s", h).want(t, OK, "its secret is in the file", "")
	p.secret("s", handle(session.None)).want(t, OK, "keeps no secret", "")
	vars[sealed.Variable] = "a passphrase of tests"
	h = handle(session.EncryptedFile)
	kept, err := h.Vault()
	if err == nil {
		err = kept.Save(secret.New("a-refresh-token"))
	}
	if err != nil {
		t.Fatal(err)
	}
	p.secret("s", h).want(t, OK, "its secret is in the encrypted-file", "")
	vars[sealed.Variable] = "another passphrase"
	p.secret("s", h).want(t, Bad, "another passphrase, or the file was changed", "passphrase of the login")
	delete(vars, sealed.Variable)
	p.secret("s", h).want(t, Warn, "no passphrase is set here", sealed.FileVariable)

	p.lock("s", h).want(t, OK, "its lock works", "")
	held, err := h.Place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	p.lock("s", h).want(t, Warn, "renews it now", "wait")
	held.Release()
	if err := h.Place.SaveFailure(store.Failure{Time: time.Now(), Code: failure.Unable, Message: "it rained", Hint: "take an umbrella"}); err != nil {
		t.Fatal(err)
	}
	findings := p.session(h)
	findings[len(findings)-1].want(t, Warn, "it rained", "take an umbrella")
}

func TestHost(t *testing.T) {
	server := authtest.New(t)
	p := patient(t, nil)
	s := session.Session{Issuer: server.URL, CAFile: server.CAFile, TokenURL: server.URL + "/oauth/v2/token"}
	findings := p.host(t.Context(), s)
	if len(findings) != 2 || findings[0].State != OK || findings[1].State != OK {
		t.Errorf("a host that is well: %+v", findings)
	}
	s.TokenURL = server.URL + "/old"
	p.host(t.Context(), s)[1].want(t, Warn, "its token endpoint is now "+server.URL, "none is needed")
	p.Auth.Now = func() time.Time { return time.Now().Add(time.Hour) }
	findings = p.host(t.Context(), s)
	findings[len(findings)-1].want(t, Bad, "clock is off by 1h0m", "set this machine's clock")
	s.CAFile = ""
	only(t, p.host(t.Context(), s)).want(t, Bad, "certificate", "--ca-file")
	s.CAFile = "/no/such"
	only(t, p.host(t.Context(), s)).want(t, Bad, "no such file", "--ca-file")
}

// TestExamineChangesNothing: of a home that is not there, too.
func TestExamineChangesNothing(t *testing.T) {
	p := patient(t, nil)
	p.Kuberc = "/no/such"
	findings := p.Examine(t.Context())
	if len(findings) < 4 {
		t.Errorf("only %d findings", len(findings))
	}
	if _, err := os.Stat(p.Auth.Home.Dir()); err == nil {
		t.Error("the home was made")
	}
}
