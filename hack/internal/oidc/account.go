package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
)

// Account is a service account that the provider knows.
type Account struct {
	ClientID  string `json:"clientID"`
	KeyID     string `json:"keyID"`
	PublicKey string `json:"publicKey"`
	key       *rsa.PrivateKey
}

// NewAccount makes a service account with a key of its own.
func NewAccount(clientID string) (Account, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Account{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return Account{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	return Account{ClientID: clientID, KeyID: "key-of-" + clientID, PublicKey: string(text), key: key}, nil
}

// WriteKeyFile writes the account's key file, in Datum's format.
func (a Account) WriteKeyFile(path, issuer, api string) error {
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(a.key)})
	content, err := json.Marshal(map[string]string{
		"type": "datum_service_account", "api_endpoint": api, "token_uri": issuer + "/oauth/v2/token",
		"client_email": a.ClientID + "@default.p1.iam.datum.test", "client_id": a.ClientID,
		"private_key_id": a.KeyID, "private_key": string(block),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
