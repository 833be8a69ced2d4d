package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	sessionName = "bench"
	// question is what kubectl asks with; the number makes a path of each round.
	question = `KUBERNETES_EXEC_INFO={"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false,"cluster":{"server":"https://api.datum.test/%d"}}}`
)

// furnish makes a home with a session that has a fresh token, and a file of the
// size of the answer. The home is the environment of its commands.
func furnish(dir string) (home []string, file string, err error) {
	sum := sha256.Sum256([]byte(sessionName))
	at := filepath.Join(dir, "home", "sessions", hex.EncodeToString(sum[:16]))
	if err := os.MkdirAll(at, 0o700); err != nil {
		return nil, "", err
	}
	// As long as an access token of Datum's is.
	token := strings.Repeat("not-a-token.", 80)
	for name, content := range map[string]any{
		"session.json": map[string]any{
			"apiVersion": "creds.datum.net/v1alpha1", "kind": "Session", "name": sessionName, "type": "user", "storage": "file",
			"api": "https://api.datum.test", "created": time.Now(), "trust": map[string]any{"servers": []any{map[string]any{"host": "api.datum.test"}}},
		},
		"token.json": map[string]any{"accessToken": token, "issued": time.Now(), "expires": time.Now().Add(time.Hour)},
	} {
		text, err := json.Marshal(content)
		if err != nil {
			return nil, "", err
		}
		if err := os.WriteFile(filepath.Join(at, name), text, 0o600); err != nil {
			return nil, "", err
		}
	}
	file = filepath.Join(dir, "file")
	return []string{"DATUM_CREDS_HOME=" + filepath.Join(dir, "home")}, file, os.WriteFile(file, []byte(token), 0o600)
}
