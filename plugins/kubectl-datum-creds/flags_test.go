package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlagsThatWouldNotCount are refused: whoever gives one believes that it
// does.
func TestFlagsThatWouldNotCount(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	account := []string{"login", "--credentials", key, "--ca-file", b.server.CAFile, "--name", "robot"}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"kubeconfig, not printed":    {[]string{"kubeconfig", "--project", "p", "--stdout=false"}, 2, "update-kubeconfig"},
		"another auth host":          {append(account, "--hostname", "auth.staging.test"), 5, "and not at https://auth.staging.test"},
		"no auth host":               {append(account, "--hostname", "http://a.test"), 2, ""},
		"client of a key":            {append(account, "--client-id", "x"), 2, "--client-id goes with"},
		"storage of a key not kept":  {append(account, "--storage", "file"), 2, "--keep-key"},
		"audience of a key":          {append(account, "--audience", "x"), 2, "--audience goes with --ci-identity"},
		"keep-key without a key":     {[]string{"login", "--keep-key"}, 2, "--keep-key goes with --credentials"},
		"datumctl's session":         {[]string{"login", "--from-session", "x"}, 2, "--from-datumctl"},
		"token service":              {[]string{"login", "--sts-url", "https://sts.test"}, 2, "--ci-identity"},
		"storage of a CI identity":   {[]string{"login", "--ci-identity", "github", "--storage", "file"}, 2, "--storage goes with"},
		"client of datumctl's":       {[]string{"login", "--from-datumctl", "datumctl", "--client-id", "x"}, 2, "--client-id goes with"},
		"storage that there is none": {append(b.loginArgs(), "--storage", "cloud"), 2, "want keyring, encrypted-file or file"},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b
			b.t = t
			b.run(nil, c.args...).wantFailure(t, c.code, c.says)
		})
	}
	if n := b.server.Requests("/oauth/v2/token"); n != 0 {
		t.Errorf("%d token requests", n)
	}
	// The key's own host may be named.
	if r := b.run(nil, append(account, "--hostname", strings.TrimPrefix(b.server.URL, "https://"))...); r.code != 0 {
		t.Errorf("login: %+v", r)
	}
	if r := b.run(nil, "kubeconfig", "--project", "p", "--stdout=true"); r.code != 0 {
		t.Errorf("kubeconfig: %+v", r)
	}
}
