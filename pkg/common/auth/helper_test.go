package auth

import (
	"maps"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// TestNoProgramFromAHomeThatAKubeconfigNames: a kubeconfig can set variables,
// and a session of datumctl names a program that is run.
func TestNoProgramFromAHomeThatAKubeconfigNames(t *testing.T) {
	state := t.TempDir()
	vars := map[string]string{"XDG_STATE_HOME": state, "LocalAppData": state, "HOME": state}
	found, err := store.Locate(func(name string) string { return vars[name] }, runtime.GOOS)
	if err != nil {
		t.Fatal(err)
	}
	usual := found.Dir()
	for name, c := range map[string]struct {
		env    map[string]string
		refuse bool
	}{
		"moved":            {map[string]string{execcred.Variable: "{}", store.Variable: filepath.Join(state, "other")}, true},
		"moved to itself":  {map[string]string{execcred.Variable: "{}", store.Variable: usual + "/."}, false},
		"usual":            {map[string]string{execcred.Variable: "{}"}, false},
		"moved, by a user": {map[string]string{store.Variable: filepath.Join(state, "other")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			maps.Copy(c.env, vars)
			env := Environment{Getenv: func(name string) string { return c.env[name] }}
			h := env.handle(session.Session{Name: "s", Type: session.Datumctl, Helper: "/bin/datumctl"}, nil, nil)
			_, err := h.source()
			if (problem.KindOf(err) == problem.Refused && err != nil) != c.refuse {
				t.Errorf("source = %v, want a refusal: %v", err, c.refuse)
			}
		})
	}
}
