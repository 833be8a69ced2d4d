package authtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"testing"
)

// KeyFile makes a service account with a new key, and returns its key file.
func (s *Server) KeyFile(t testing.TB, api string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	id := "key-" + rand.Text()[:6]
	s.AddAccount(id, &key.PublicKey)
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	content, err := json.Marshal(map[string]string{
		"type": "datum_service_account", "api_endpoint": api, "token_uri": s.URL + "/oauth/v2/token",
		"client_email": "robot@default.p1.iam.datum.test", "client_id": "4711", "private_key_id": id, "private_key": string(block),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
