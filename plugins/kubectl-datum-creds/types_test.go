package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDatumctlIsAsked(t *testing.T) {
	b := newBed(t)
	helper := filepath.Join(t.TempDir(), "datumctl")
	script := "#!/bin/sh\n[ \"$1 $2 $3 $4\" = 'auth get-token --session work' ] && [ -z \"$KUBERNETES_EXEC_INFO\" ] || { echo 'no such session' >&2; exit 1; }\nprintf datumctl-token\n"
	if err := os.WriteFile(helper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	login := []string{"login", "--from-datumctl", helper, "--hostname", "auth.datum.test", "--name", "dc"}
	b.run(nil, login...).wantFailure(t, 6, "no such session", "datumctl login")
	if r := b.run(nil, append(login, "--from-session", "work")...); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	if r := b.run([]string{question(apiHost)}, "get-token", "--session", "dc"); r.token() != "datumctl-token" {
		t.Errorf("get-token: %+v", r)
	}
	// As datumctl starts its plugins.
	named := []string{"login", "--from-helper", "--hostname", "auth.datum.test", "--name", "plugin"}
	b.run(nil, named...).wantFailure(t, 2, "DATUM_CREDENTIALS_HELPER is not set", "--from-datumctl")
	if r := b.run([]string{"DATUM_CREDENTIALS_HELPER=" + helper, "DATUM_SESSION=work"}, named...); r.code != 0 {
		t.Fatalf("login --from-helper: %+v", r)
	}
	if r := b.run([]string{question(apiHost), "DATUM_CREDENTIALS_HELPER=/evil", "DATUM_SESSION=evil"}, "get-token", "--session", "plugin"); r.token() != "datumctl-token" {
		t.Errorf("get-token: %+v", r)
	}
}

func TestAmbientIdentityIsExchanged(t *testing.T) {
	b := newBed(t)
	login := []string{"login", "--ci-identity", "env:CI_JWT", "--hostname", b.server.URL, "--api-hostname", apiHost, "--ca-file", b.server.CAFile, "--name", "ci"}
	b.run(nil, login...).wantFailure(t, 2, "--sts-url")
	login = append(login, "--sts-url", b.server.URL+"/oauth/v2/token")
	b.run(nil, login...).wantFailure(t, 6, "there is no JWT")
	if r := b.run([]string{"CI_JWT=a.b.c"}, login...); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	if r := b.run([]string{question(apiHost)}, "get-token", "--session", "ci"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
}
