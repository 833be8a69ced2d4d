package environment

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// started returns the environment of a process that was started with variables,
// by a parent with others.
func started(goos string, vars, parent map[string]string) *Environment {
	e := &Environment{goos: goos, reduced: true, account: "/home/jane", original: vars}
	e.values, e.err = allowed(goos, vars)
	e.parent = func(name string) (string, bool) { value, known := parent[name]; return value, known }
	return e
}

func TestOnlyListedVariablesAreKept(t *testing.T) {
	hostile := map[string]string{
		"GODEBUG": "x509sha1=1", "GOTRACEBACK": "crash", "PATH": "/evil", "LD_PRELOAD": "/evil.so", "BROWSER": "/evil", "DISPLAY": ":0",
		"TMPDIR": "/evil", "USER": "evil", "TZ": "/evil", "ZONEINFO": "/evil", "RES_OPTIONS": "debug", "HOSTALIASES": "/evil",
		"LOCALDOMAIN": "evil.test", "XDG_RUNTIME_DIR": "/evil", "ALL_PROXY": "http://evil.test", "HTTP_PROXY": "http://evil.test",
		"REQUEST_METHOD": "GET", "SSH_TTY": "/dev/pts/0", "KUBECONFIG": "/evil", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x", "LANG": "C",
	}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		e := started(goos, hostile, hostile)
		if len(e.values) > 0 || e.Err() != nil {
			t.Errorf("%s keeps %v, %v", goos, e.values, e.Err())
		}
	}
	kept := map[string]string{
		"HOME": "/home/jane", "XDG_STATE_HOME": "/state", "DATUM_CREDS_HOME": "/h", "CI": "true", "TERM": "xterm-256color", "NO_COLOR": "1",
		"HTTPS_PROXY": "http://proxy.test:3128", "no_proxy": ".corp.test,10.0.0.0/8", "DATUM_CREDENTIALS_FILE": "/key.json",
		"DBUS_SESSION_BUS_ADDRESS": "unix:path=/bus",
	}
	e := started("linux", kept, nil)
	if !maps.Equal(e.values, kept) {
		t.Errorf("kept: %v", e.values)
	}
	// The certificates and the bus are of the kubeconfig, and nothing else has a
	// library that reads it.
	want := []string{"CI", "DATUM_CREDENTIALS_FILE", "DATUM_CREDS_HOME", "DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_STATE_HOME"}
	for name := range e.exported() {
		if slices.Contains(want, name) {
			t.Errorf("%s is set for libraries", name)
		}
	}
}

func TestValuesThatMakeNoSense(t *testing.T) {
	for name, values := range map[string][]string{
		"HTTPS_PROXY":   {"ftp://proxy.test", "http://", "http://a b", "\x00", "unix:///socket", "http://[::1"},
		"NO_PROXY":      {"a\nb"},
		"TERM":          {strings.Repeat("x", 65), "\x1b[2J"},
		"SSL_CERT_FILE": {"certs.pem"},
	} {
		for _, value := range values {
			e := started("linux", map[string]string{name: value}, nil)
			if failure.CodeOf(e.Err()) != failure.BadInput || !strings.Contains(e.Err().Error(), name) || e.Get(name) != "" {
				t.Errorf("%s=%q: kept %q, %v", name, value, e.Get(name), e.Err())
			}
		}
	}
	for _, value := range []string{"http://u:p@proxy.test:3128", "https://proxy.test", "socks5://127.0.0.1:1080", "proxy.test:3128", "proxy.test", "http://[::1]:3128"} {
		if e := started("linux", map[string]string{"HTTPS_PROXY": value}, nil); e.Err() != nil || e.Get("HTTPS_PROXY") != value {
			t.Errorf("HTTPS_PROXY=%s: %v", value, e.Err())
		}
	}
}

func TestHomeProven(t *testing.T) {
	type vars = map[string]string
	for name, c := range map[string]struct {
		goos         string
		ours, theirs vars
		proven       bool
	}{
		"the account's":                 {"linux", vars{"HOME": "/home/jane"}, nil, true},
		"another HOME":                  {"linux", vars{"HOME": "/evil"}, vars{"HOME": "/home/jane"}, false},
		"the parent's HOME":             {"linux", vars{"HOME": "/builds"}, vars{"HOME": "/builds"}, true},
		"XDG_STATE_HOME":                {"linux", vars{"HOME": "/home/jane", "XDG_STATE_HOME": "/evil"}, vars{"HOME": "/home/jane"}, false},
		"the parent's XDG_STATE_HOME":   {"linux", vars{"HOME": "/home/jane", "XDG_STATE_HOME": "/s"}, vars{"XDG_STATE_HOME": "/s"}, true},
		"DATUM_CREDS_HOME":              {"linux", vars{"HOME": "/home/jane", "DATUM_CREDS_HOME": "/evil"}, vars{"HOME": "/home/jane"}, false},
		"the parent's DATUM_CREDS_HOME": {"linux", vars{"DATUM_CREDS_HOME": "/h"}, vars{"DATUM_CREDS_HOME": "/h"}, true},
		"back to the account's own":     {"linux", vars{"HOME": "/home/jane"}, vars{"DATUM_CREDS_HOME": "/h"}, true},
		"by another way":                {"linux", vars{"DATUM_CREDS_HOME": "/home/jane/.local/state/datum-creds"}, nil, true},
		"no parent to ask":              {"linux", vars{"HOME": "/evil"}, nil, false},
		"no home at all":                {"linux", vars{}, nil, true},
		"a relative home":               {"linux", vars{"DATUM_CREDS_HOME": "evil"}, vars{"DATUM_CREDS_HOME": "evil"}, false},
		"macOS":                         {"darwin", vars{"HOME": "/home/jane"}, nil, true},
		"macOS, another HOME":           {"darwin", vars{"HOME": "/evil"}, vars{"HOME": "/home/jane"}, false},
		"Windows":                       {"windows", vars{"LocalAppData": `C:\evil`}, nil, true}, // the variable does not count
	} {
		t.Run(name, func(t *testing.T) {
			e := started(c.goos, c.ours, c.theirs)
			if got := e.HomeProven(); got != c.proven {
				t.Errorf("HomeProven = %v of %s", got, e.Home().Dir())
			}
			if c.goos == "windows" && strings.Contains(e.Home().Dir(), "evil") {
				t.Errorf("home %s", e.Home().Dir())
			}
		})
	}
}

func TestTheAccountIsUnknown(t *testing.T) {
	e := started("linux", map[string]string{"HOME": "/evil"}, nil)
	e.account = ""
	if e.HomeProven() {
		t.Error("a home is proven that nobody has named")
	}
}

// TestWhatOthersChoose: certificates and the bus count only if the calling
// program has them too.
func TestWhatOthersChoose(t *testing.T) {
	vars := map[string]string{"SSL_CERT_FILE": "/ca.pem", "SSL_CERT_DIR": "/certs", busVariable: "unix:path=/bus", "HOME": "/evil"}
	for _, parent := range []map[string]string{nil, {"SSL_CERT_FILE": "/other.pem", busVariable: "unix:path=/other", "HOME": "/home/jane"}} {
		e := started("linux", vars, parent)
		programs := strings.Join(e.Programs(), "\n")
		if set := e.exported(); len(set) > 0 || e.Bus() != "" || strings.Contains(programs, "bus") || strings.Contains(programs, "evil") || strings.Contains(programs, "ca.pem") {
			t.Errorf("set %v, bus %q, programs get %s", set, e.Bus(), programs)
		}
		if !strings.Contains(programs, "HOME=/home/jane") {
			t.Errorf("programs get %s", programs)
		}
	}
	e := started("linux", vars, vars)
	programs := strings.Join(e.Programs(), "\n")
	if set := e.exported(); set["SSL_CERT_FILE"] != "/ca.pem" || set["SSL_CERT_DIR"] != "/certs" || e.Bus() != "unix:path=/bus" || !strings.Contains(programs, "HOME=/evil") {
		t.Errorf("set %v, bus %q, programs get %s", set, e.Bus(), programs)
	}
}

// TestChildrenGetNoSecret, and no PATH of a kubeconfig's.
func TestChildrenGetNoSecret(t *testing.T) {
	vars := map[string]string{
		"DATUM_CREDENTIALS": "secret-1", "DATUM_SA_CREDENTIALS": "secret-2", "DATUM_CREDS_PASSPHRASE": "secret-3", "PATH": "/evil",
		"KUBERNETES_EXEC_INFO": "secret-4", "SPACELIFT_OIDC_TOKEN": "secret-5", "HOME": "/home/jane", "HTTPS_PROXY": "proxy.test:1",
	}
	e := started("linux", vars, vars)
	for name, environ := range map[string][]string{"renewal": e.Renewal(e.Home()), "programs": e.Programs()} {
		text := strings.Join(environ, "\n")
		if strings.Contains(text, "secret") || strings.Contains(text, "evil") || !strings.Contains(text, "HTTPS_PROXY=proxy.test:1") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if !slices.Contains(e.Renewal(e.Home()), "DATUM_CREDS_HOME=/home/jane/.local/state/datum-creds") {
		t.Errorf("renewal: %v", e.Renewal(e.Home()))
	}
	if e.Identity("SPACELIFT_OIDC_TOKEN") != "secret-5" {
		t.Error("the CI identity is lost")
	}
}

func TestForClients(t *testing.T) {
	for line, want := range map[string]bool{
		"get-token": true, "auth get-token": true, "-o token get-token": true, "renew-session --session s": true, "__complete get-token ": true,
		"login": false, "": false, "sessions": false,
	} {
		if got := forClients(strings.Fields(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	t.Setenv("KUBERNETES_EXEC_INFO", "{}")
	if !forClients([]string{"login"}) {
		t.Error("a client that asks is not seen")
	}
}

// TestTakeRemovesAll: afterwards the process has the variables for libraries.
func TestTakeRemovesAll(t *testing.T) {
	for _, pair := range os.Environ() { // put back at the end
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	t.Setenv("GODEBUG", "execerrdot=0")
	t.Setenv("TERM", "xterm")
	e := Take([]string{"get-token"})
	if left := os.Environ(); len(left) > 0 || !e.Reduced() {
		t.Errorf("left: %v", left)
	}
	e.Restore()
	if os.Getenv("TERM") != "xterm" || os.Getenv("GODEBUG") != "" || os.Getenv("PATH") != "" {
		t.Errorf("restored: %v", os.Environ())
	}
	if e.account == "" && os.Geteuid() == 0 {
		t.Error("root's home is not known")
	}
}

func TestEnvironOf(t *testing.T) {
	full := "\x02\x00\x00\x00/bin/prog\x00\x00\x00\x00prog\x00arg\x00HOME=/h\x00A=b\x00\x00"
	environ, err := environOf([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"HOME": "/h", "A": "b"} {
		if got, known := lookUp(environ, name); got != want || !known {
			t.Errorf("%s = %q", name, got)
		}
	}
	if _, known := lookUp(environ, "arg"); known {
		t.Error("an argument is taken for a variable")
	}
	for _, bad := range []string{"", "\x01", "\xff\xff\xff\xff/p\x00", "\x02\x00\x00\x00/bin/prog", "\x09\x00\x00\x00/p\x00\x00a\x00"} {
		if got, err := environOf([]byte(bad)); err == nil {
			t.Errorf("%q: %q", bad, got)
		}
	}
}

func FuzzEnvironOf(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00/bin/prog\x00\x00\x00\x00prog\x00arg\x00HOME=/h\x00A=b\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		environ, err := environOf(content)
		if err == nil && len(environ) > len(content) {
			t.Errorf("%d bytes of %d", len(environ), len(content))
		}
	})
}

func TestTheParentIsRead(t *testing.T) {
	if _, err := parentEnviron(os.Getppid()); err != nil {
		t.Skip("this system does not show a parent's variables: ", err)
	}
	if _, known := ofParent()("PATH"); !known {
		t.Error("the parent has no PATH")
	}
}
