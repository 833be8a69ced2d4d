package ambient

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
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
		kind   failure.Code
	}{
		"github":           {"github", github("https://run.actions.githubusercontent.com/x?api=2"), "g.i.t", failure.OK},
		"github elsewhere": {"github", github("https://evil.test/x"), "", failure.Refused},
		"github suffix":    {"github", github("https://actions.githubusercontent.com.evil.test/x"), "", failure.Refused},
		"github by http":   {"github", github("http://run.actions.githubusercontent.com/x"), "", failure.Refused},
		"github, none":     {"github", nil, "", failure.LoginNeeded},
		"gitlab":           {"env:DATUM_ID_TOKEN", map[string]string{"DATUM_ID_TOKEN": "l.a.b"}, "l.a.b", failure.OK},
		"gitlab, none":     {"env:DATUM_ID_TOKEN", nil, "", failure.LoginNeeded},
		"no JWT":           {"env:X", map[string]string{"X": "word"}, "", failure.LoginNeeded},
		"spacelift":        {"spacelift", map[string]string{spaceliftVariable: "s.p.a"}, "s.p.a", failure.OK},
		"file":             {"file:" + file, nil, "f.i.le", failure.OK},
		"no file":          {"file:" + file + "x", nil, "", failure.LoginNeeded},
		"relative":         {"file:token", nil, "", failure.BadInput},
		"unknown":          {"jenkins", nil, "", failure.BadInput},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := reader(c.env).Identity(t.Context(), c.source, "https://api.test")
			if got.Reveal() != c.want || (err != nil) != (c.kind != failure.OK) || (err != nil && failure.CodeOf(err) != c.kind) {
				t.Fatalf("Identity = %q, %v; want %q, %s", got.Reveal(), err, c.want, c.kind)
			}
			if err != nil && strings.Contains(err.Error(), "word") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}
