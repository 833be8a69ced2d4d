package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// helper is a program of the name that does what the script says.
func helper(t *testing.T, name, script string) Helper {
	t.Helper()
	if os.PathSeparator != '/' {
		t.Skip("the helper is a shell script")
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return Helper{session.Session{Name: "s", Helper: path, HelperSession: "work"}, os.Environ}
}

// TestWhyAHelperGivesNoToken: a login helps against none but the last ones.
func TestWhyAHelperGivesNoToken(t *testing.T) {
	for name, c := range map[string]struct {
		program, script string
		kind            failure.Code
		says            string
	}{
		"no network":           {"datumctl", `echo 'Error: Post "https://auth.datum.net/oauth/v2/token": dial tcp: lookup auth.datum.net: no such host' >&2; exit 1`, failure.Unable, "no such host"},
		"refused":              {"datumctl", `echo 'Error: oauth2: dial tcp 127.0.0.1:1: connect: connection refused' >&2; exit 1`, failure.Unable, "connection refused"},
		"timeout":              {"datumctl", `echo 'Error: context deadline exceeded (Client.Timeout exceeded while awaiting headers)' >&2; exit 1`, failure.Unable, "deadline exceeded"},
		"certificate":          {"datumctl", `echo 'Error: tls: failed to verify certificate: x509: certificate signed by unknown authority' >&2; exit 1`, failure.Unable, "x509"},
		"on a later line":      {"datumctl", `printf 'Error: refresh failed\n  caused by: read tcp 1.2.3.4:5: connection reset by peer\n' >&2; exit 1`, failure.Unable, "refresh failed"},
		"server down":          {"datumctl", `echo 'Error: unexpected status 503 Service Unavailable' >&2; exit 1`, failure.Unable, "503"},
		"panic":                {"datumctl", `printf 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\n' >&2; exit 2`, failure.Unable, "panic"},
		"killed":               {"datumctl", `kill -9 $$`, failure.Unable, "killed"},
		"wrapper without it":   {"datumctl", `exec /no/such/datumctl`, failure.Unable, ""},
		"nothing printed":      {"datumctl", `exit 0`, failure.Unable, "printed no token"},
		"two words":            {"datumctl", `echo two words`, failure.Unable, "printed no token"},
		"ours, unable":         {"kubectl-datum_creds", `echo 'error: it rained' >&2; exit 4`, failure.Unable, "it rained"},
		"ours, refused":        {"kubectl-datum_creds", `echo 'error: not yours alone' >&2; exit 5`, failure.Refused, "not yours alone"},
		"ours, login needed":   {"kubectl-datum_creds", `echo 'error: session s has ended' >&2; exit 6`, failure.LoginNeeded, "has ended"},
		"another's code of 4":  {"datumctl", `echo 'Error: please log in' >&2; exit 4`, failure.LoginNeeded, "please log in"},
		"ended":                {"datumctl", `echo 'Error: oauth2: "invalid_grant"' >&2; exit 1`, failure.LoginNeeded, "invalid_grant"},
		"no words":             {"datumctl", `exit 1`, failure.LoginNeeded, "exit status 1"},
		"a panic in its words": {"datumctl", `echo 'Error: do not panic: log in' >&2; exit 1`, failure.LoginNeeded, "do not panic"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := helper(t, c.program, c.script).Renew(t.Context())
			if err == nil || failure.CodeOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "session s") {
				t.Errorf("Renew = %v of kind %s, want %s with %q", err, failure.CodeOf(err), c.kind, c.says)
			}
			var p *failure.Error
			if !errors.As(err, &p) || p.Hint == "" || (p.Hint == "datumctl login") != (c.kind == failure.LoginNeeded) {
				t.Errorf("hint: %+v", p)
			}
		})
	}
}

func TestAHelperThatIsGone(t *testing.T) {
	_, err := Helper{session.Session{Name: "s", Helper: "/no/such/datumctl"}, os.Environ}.Renew(t.Context())
	if failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("Renew = %v of kind %s", err, failure.CodeOf(err))
	}
}

func TestAHelperThatHangs(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errors.New("gave up"))
	defer cancel()
	_, err := helper(t, "datumctl", "exec sleep 60").Renew(ctx)
	if failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "gave up") {
		t.Errorf("Renew = %v of kind %s", err, failure.CodeOf(err))
	}
}

// TestWhatAHelperIsToldAndNot checks its arguments and variables.
func TestWhatAHelperIsToldAndNot(t *testing.T) {
	t.Setenv("KUBERNETES_EXEC_INFO", "{}")
	t.Setenv(sealed.Variable, "a passphrase")
	token, err := helper(t, "datumctl", `[ "$*" = 'auth get-token --session work' ] && [ -z "$KUBERNETES_EXEC_INFO$DATUM_CREDS_PASSPHRASE" ] && [ -n "$DATUMCTL_NO_UPDATE_CHECK" ] && printf 'tok\n'`).Renew(t.Context())
	if err != nil || token.Access.Reveal() != "tok" || token.Issued.IsZero() {
		t.Errorf("Renew = %v", err)
	}
}

// TestAHelperThatPrintsTooMuch runs one that would fill the memory. What came
// first must not be taken for the token.
func TestAHelperThatPrintsTooMuch(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("the helper is a shell script")
	}
	for name, stream := range map[string]string{"output": "", "messages": " >&2; exit 1"} {
		t.Run(name, func(t *testing.T) {
			helper := filepath.Join(t.TempDir(), "helper")
			script := "#!/bin/sh\nhead -c 70000 /dev/zero | tr '\\0' x" + stream + "\n"
			if err := os.WriteFile(helper, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := Helper{session.Session{Name: "s", Helper: helper}, os.Environ}.Renew(t.Context())
			if err == nil || len(err.Error()) > 1000 {
				t.Fatalf("Renew = %.300v, want a short error", err)
			}
			if name == "output" && !strings.Contains(err.Error(), "more than") {
				t.Errorf("Renew = %v", err)
			}
		})
	}
}

func TestLimitedKeepsNoMore(t *testing.T) {
	var l limited
	for range 3 {
		if n, err := l.Write(make([]byte, maxHelperToken/2+1)); err != nil || n != maxHelperToken/2+1 {
			t.Fatal(n, err)
		}
	}
	if len(l.String()) != maxHelperToken || !l.over {
		t.Errorf("%d bytes kept, over %v", len(l.String()), l.over)
	}
}
