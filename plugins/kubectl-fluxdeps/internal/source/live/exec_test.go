package live

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// withPlugin reads with credentials of a shell script that tells how often it
// ran.
func (s *server) withPlugin(t *testing.T, script string) (runs int, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "runs")
	api, err := NewAPI(&rest.Config{Host: s.URL, QPS: -1, ExecProvider: &clientcmdapi.ExecConfig{
		Command: "sh", Args: []string{"-c", fmt.Sprintf("echo >>'%s'; %s", file, script)},
		APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Read(t.Context(), api, Options{})
	lines, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return strings.Count(string(lines), "\n"), err
}

const credential = `echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"}}'`

// TestExecPlugin: the program runs once, whether it fails or not.
func TestExecPlugin(t *testing.T) {
	s := newServer(t)
	s.five()
	if runs, err := s.withPlugin(t, "sleep 0.1; "+credential); err != nil || runs != 1 {
		t.Errorf("error %v, %d runs", err, runs)
	}
	if asked := s.asked("/apis/kustomize.toolkit.fluxcd.io"); asked != 1 {
		t.Errorf("asked %d times for the versions", asked)
	}
	runs, err := s.withPlugin(t, "sleep 0.1; exit 7")
	if err == nil || !strings.Contains(err.Error(), "failed with exit code 7") || runs != 1 {
		t.Errorf("error %v, %d runs", err, runs)
	}
	s.faults["/apis/kustomize.toolkit.fluxcd.io"] = fail(http.StatusForbidden, "Forbidden")
	if runs, err := s.withPlugin(t, credential); err != nil || runs != 1 {
		t.Errorf("without discovery: error %v, %d runs", err, runs)
	}
}
