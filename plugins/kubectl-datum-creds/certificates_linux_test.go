package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestALoginsCertificatesAreKept: a login sees SSL_CERT_FILE and SSL_CERT_DIR, and
// a renewal that a kubeconfig asks for does not.
func TestALoginsCertificatesAreKept(t *testing.T) {
	b := newBed(t)
	b.approve()
	dir := t.TempDir()
	bundle, err := os.ReadFile(b.server.CAFile)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "0.pem"), bundle, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	flags := slices.DeleteFunc(b.loginArgs(), func(arg string) bool { return arg == "--ca-file" || arg == b.server.CAFile })
	for name, variable := range map[string]string{"file": "SSL_CERT_FILE=" + b.server.CAFile, "folders": "SSL_CERT_DIR=/none:" + dir} {
		if r := b.run([]string{variable}, append(flags, "--storage", "file", "--name", name)...); r.code != 0 {
			t.Fatalf("login: %+v", r)
		}
		for _, again := range []bool{false, true} {
			place := b.home.Session(name)
			if err := place.SaveToken(expired()); err != nil {
				t.Fatal(err)
			}
			if r := b.run(nil, "get-token", "--session", name); r.code != 0 || r.token() == "" {
				t.Errorf("%s, again %v: %+v", name, again, r)
			}
			if r := b.run(nil, "login", "--name", name, "--device"); r.code != 0 {
				t.Errorf("%s, login again without the variable: %+v", name, r)
			}
		}
	}
}
