package fast

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

const info = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false,"cluster":{"server":"https://api.test/x"}}}`

// env is an environment with a session that has a fresh token.
func env(t *testing.T, token store.Token) map[string]string {
	t.Helper()
	home := store.At(filepath.Join(t.TempDir(), "home"))
	place := home.Session("s")
	s := session.Session{Name: "s", Type: session.User, API: "https://api.test", Trust: session.Trust{Servers: []session.Server{{Host: "api.test"}}}}
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	if err := place.SaveToken(token); err != nil {
		t.Fatal(err)
	}
	if err := home.SetCurrent("s"); err != nil {
		t.Fatal(err)
	}
	return map[string]string{store.Variable: home.Dir(), execcred.Variable: info}
}

// TestOpenFoldersAreLeftToTheCommand: what is in them may be anybody's.
func TestOpenFoldersAreLeftToTheCommand(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("folders have no modes here")
	}
	now := time.Now()
	vars := env(t, fresh(now))
	home := vars[store.Variable]
	for _, dir := range []string{home, store.At(home).Session("s").Dir()} {
		for mode, want := range map[os.FileMode]bool{0o755: false, 0o777: false, 0o700: true} {
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			// The same process asking again is left to the command, unless for another path.
			vars[execcred.Variable] = strings.Replace(info, "/x", "/"+mode.String()+filepath.Base(dir), 1)
			args := []string{"get-token", "--session", "s"}
			if got := Answer(args, func(k string) string { return vars[k] }, now, &bytes.Buffer{}); got != want {
				t.Errorf("%s of mode %04o: answered %v", dir, mode, got)
			}
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func fresh(now time.Time) store.Token {
	return store.Token{Access: secret.New("the-token"), Issued: now, Expires: now.Add(time.Hour)}
}

func TestAnswer(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		args  []string
		spoil func(map[string]string)
		after time.Duration
		want  bool
	}{
		"current":         {args: []string{"get-token"}, want: true},
		"named":           {args: []string{"get-token", "--session", "s"}, want: true},
		"joined":          {args: []string{"get-token", "--session=s", "-o=exec"}, want: true},
		"by no client":    {args: []string{"get-token"}, spoil: func(m map[string]string) { delete(m, execcred.Variable) }},
		"other session":   {args: []string{"get-token", "--session", "x"}},
		"other format":    {args: []string{"get-token", "-o", "token"}},
		"unknown flag":    {args: []string{"get-token", "--verbose", "x"}},
		"flag twice":      {args: []string{"get-token", "--session", "s", "--credentials", "f"}},
		"no value":        {args: []string{"get-token", "--session"}},
		"standard input":  {args: []string{"get-token", "--credentials", "-"}},
		"other command":   {args: []string{"status"}},
		"no command":      {},
		"stale":           {args: []string{"get-token"}, after: time.Hour},
		"other server":    {args: []string{"get-token"}, spoil: func(m map[string]string) { m[execcred.Variable] = strings.Replace(info, "api.test", "evil.test", 1) }},
		"bad question":    {args: []string{"get-token"}, spoil: func(m map[string]string) { m[execcred.Variable] = "{" }},
		"no home":         {args: []string{"get-token"}, spoil: func(m map[string]string) { delete(m, store.Variable) }},
		"key in variable": {args: []string{"get-token"}, spoil: func(m map[string]string) { m["DATUM_CREDENTIALS"] = "{}" }},
	} {
		t.Run(name, func(t *testing.T) {
			vars := env(t, fresh(now))
			if c.spoil != nil {
				c.spoil(vars)
			}
			var out bytes.Buffer
			got := Answer(c.args, func(k string) string { return vars[k] }, now.Add(c.after), &out)
			if got != c.want || (out.Len() > 0) != c.want {
				t.Fatalf("Answer = %v with %d bytes, want %v", got, out.Len(), c.want)
			}
			if c.want && !strings.Contains(out.String(), `"token":"the-token"`) {
				t.Errorf("answer = %s", out.String())
			}
		})
	}
}

func TestTheSameAskerTwiceIsLeftToTheCommand(t *testing.T) {
	now := time.Now()
	vars := env(t, fresh(now))
	ask := func(args ...string) bool {
		return Answer(args, func(k string) string { return vars[k] }, now, &bytes.Buffer{})
	}
	if !ask("get-token") || ask("get-token") {
		t.Fatal("want an answer the first time only")
	}
	if !ask("get-token", "--session", "s") {
		t.Error("another question of the same process is not answered")
	}
}

// TestAClientWithoutTheVariable has a token only if the session allows clients
// that do not name their server.
func TestAClientWithoutTheVariable(t *testing.T) {
	now := time.Now()
	vars := env(t, fresh(now))
	delete(vars, execcred.Variable)
	place := store.At(vars[store.Variable]).Session("s")
	for _, allowed := range []bool{false, true} {
		s, err := place.Session()
		if err != nil {
			t.Fatal(err)
		}
		s.Trust.WithoutClusterInfo = allowed
		if err := place.SaveSession(s); err != nil {
			t.Fatal(err)
		}
		if got := Answer([]string{"get-token"}, func(k string) string { return vars[k] }, now, &bytes.Buffer{}); got != allowed {
			t.Errorf("allowed %v: answered %v", allowed, got)
		}
	}
}

// The hot path's price is what it links: none of this.
func TestLinksNothingHeavy(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to list imports with")
	}
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 20 {
		t.Fatalf("only %d packages: the list is not what it should be", len(deps))
	}
	for _, path := range deps {
		for _, heavy := range []string{"net/http", "crypto/tls", "os/exec", "github.com/", "k8s.io/", "sigs.k8s.io/", "go.yaml.in/", "golang.org/x/"} {
			if strings.HasPrefix(path, heavy) && !strings.HasPrefix(path, "github.com/datum-cloud/kubectl-plugins/") {
				t.Errorf("the hot path links %s", path)
			}
		}
	}
}
