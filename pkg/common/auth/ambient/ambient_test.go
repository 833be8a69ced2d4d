package ambient

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

func reader(env map[string]string) Reader {
	return Reader{
		Getenv: func(name string) string { return env[name] },
		Fetch: func(_ context.Context, url string, bearer secret.Text, into any) error {
			if url == "https://run.actions.githubusercontent.com/x?api=2&audience=https%3A%2F%2Fapi.test" && bearer.Reveal() == "request" {
				into.(*struct {
					Value string `json:"value"`
				}).Value = "g.i.t"
			}
			return nil
		},
	}
}

func TestIdentity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("f.i.le\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	github := func(url string) map[string]string {
		return map[string]string{githubURL: url, githubToken: "request"}
	}
	for name, c := range map[string]struct {
		source string
		env    map[string]string
		want   string
		kind   problem.Kind
	}{
		"github":           {"github", github("https://run.actions.githubusercontent.com/x?api=2"), "g.i.t", ""},
		"github elsewhere": {"github", github("https://evil.test/x"), "", problem.Refused},
		"github suffix":    {"github", github("https://actions.githubusercontent.com.evil.test/x"), "", problem.Refused},
		"github by http":   {"github", github("http://run.actions.githubusercontent.com/x"), "", problem.Refused},
		"github, none":     {"github", nil, "", problem.LoginNeeded},
		"gitlab":           {"env:DATUM_ID_TOKEN", map[string]string{"DATUM_ID_TOKEN": "l.a.b"}, "l.a.b", ""},
		"gitlab, none":     {"env:DATUM_ID_TOKEN", nil, "", problem.LoginNeeded},
		"no JWT":           {"env:X", map[string]string{"X": "word"}, "", problem.LoginNeeded},
		"spacelift":        {"spacelift", map[string]string{spaceliftVariable: "s.p.a"}, "s.p.a", ""},
		"file":             {"file:" + file, nil, "f.i.le", ""},
		"no file":          {"file:" + file + "x", nil, "", problem.LoginNeeded},
		"relative":         {"file:token", nil, "", problem.BadInput},
		"unknown":          {"jenkins", nil, "", problem.BadInput},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := reader(c.env).Identity(t.Context(), c.source, "https://api.test")
			if got.Reveal() != c.want || (err != nil) != (c.kind != "") || (err != nil && problem.KindOf(err) != c.kind) {
				t.Fatalf("Identity = %q, %v; want %q, %s", got.Reveal(), err, c.want, c.kind)
			}
			if err != nil && strings.Contains(err.Error(), "word") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}
