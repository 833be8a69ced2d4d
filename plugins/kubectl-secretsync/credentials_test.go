package main

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// TestBrokenCredentials: what client-go logs of them does not reach the user, who
// is told as of any other error.
func TestBrokenCredentials(t *testing.T) {
	f, binary := newFleet(t, 0), program(t)
	// The file of a certificate is only read when the server asks for one.
	picky := httptest.NewUnstartedServer(http.NotFoundHandler())
	picky.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	picky.Config.ErrorLog = log.New(io.Discard, "", 0)
	picky.StartTLS()
	t.Cleanup(picky.Close)
	dir := f.dir
	manifests(t, f, filepath.Join(dir, "manifest"))
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A program that works once, for a server that wants another token.
	once := filepath.Join(dir, "once")
	script := "#!/bin/sh\ntest ! -e " + dir + "/ran || exit 1\ntouch " + dir + "/ran\n" +
		`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'` + "\n"
	if err := os.WriteFile(once, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	f.source.Break(func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
		apitest.Refuse(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		return true
	})
	for name, user := range map[string]string{
		"again": "exec: {apiVersion: client.authentication.k8s.io/v1, command: " + once + ", interactiveMode: Never}",
		"files": "client-certificate: " + garbage + ", client-key: " + garbage,
		"data":  "client-certificate-data: bm90aGluZw==, client-key-data: bm90aGluZw==",
		"token": "tokenFile: " + filepath.Join(dir, "nowhere"),
		"run":   "exec: {apiVersion: client.authentication.k8s.io/v1, command: " + garbage + ", interactiveMode: Never}",
	} {
		path := filepath.Join(dir, name)
		server, ca := picky.URL, authority(picky)
		if name == "again" {
			server, ca = f.source.URL, authority(f.source.Server)
		}
		text := "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n" +
			"clusters: [{name: c, cluster: {server: " + server + ", certificate-authority-data: " + ca + "}}]\nusers: [{name: u, user: {" + user + "}}]\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd, stdout, stderr := f.command(t, binary, "copy", "-f", "manifest", "--to-kubeconfig", path, "--timeout", "1s")
		err := cmd.Run()
		for line := range strings.Lines(stderr.String()) {
			if !strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "hint: ") && !strings.HasPrefix(line, "plan for ") {
				t.Errorf("%s: %q", name, line)
			}
		}
		if err == nil || stdout.Len()+stderr.Len() == 0 {
			t.Errorf("%s: %v\n%s%s", name, err, stdout, stderr)
		}
	}
}
