// Package keyfile reads Datum's service account keys and signs assertions
// with them (RFC 7523).
package keyfile

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// fileType is what Datum calls its key files.
const fileType = "datum_service_account"

// DefaultScope is asked for where a key file names none.
const DefaultScope = "openid profile email offline_access"

// minBits is the smallest RSA key that is used.
const minBits = 2048

// Account is what a key file says of the service account, without the key.
type Account struct {
	// Email is the account's name, as "name@namespace.project.iam.datum.net".
	Email string
	// ClientID is the account's id at the issuer, KeyID the key's.
	ClientID, KeyID string
	// TokenURL is where assertions are exchanged, API the server the tokens are
	// for; both https.
	TokenURL, API string
	Scope         string
	Project       string
}

// Key is a service account with its private key.
type Key struct {
	Account
	signer *rsa.PrivateKey
}

type wireFile struct {
	Type       string `json:"type"`
	API        string `json:"api_endpoint"`
	TokenURI   string `json:"token_uri"`
	Scope      string `json:"scope"`
	Project    string `json:"project_id"`
	Email      string `json:"client_email"`
	ClientID   string `json:"client_id"`
	KeyID      string `json:"private_key_id"`
	PrivateKey string `json:"private_key"`
}

// ParseAccount reads all but the key, which costs far more.
func ParseAccount(content secret.Text) (Account, error) {
	account, _, err := parse(content)
	return account, err
}

// Parse reads a key file.
func Parse(content secret.Text) (Key, error) {
	account, text, err := parse(content)
	if err != nil {
		return Key{}, err
	}
	signer, err := parseKey(text)
	if err != nil {
		return Key{}, fmt.Errorf("private_key: %w", err)
	}
	return Key{account, signer}, nil
}

// parse never shows the content in an error: it may be any file.
func parse(content secret.Text) (Account, secret.Text, error) {
	text, err := raw(content)
	if err != nil {
		return Account{}, secret.Text{}, err
	}
	var wire wireFile
	if json.Unmarshal(text, &wire) != nil {
		return Account{}, secret.Text{}, errors.New("no service account key: want JSON, or base64 of it")
	}
	account, err := wire.account()
	return account, secret.New(wire.PrivateKey), err
}

// raw undoes base64, which CI systems' variables are often put in.
func raw(content secret.Text) ([]byte, error) {
	text := strings.TrimSpace(content.Reveal())
	if strings.HasPrefix(text, "{") {
		return []byte(text), nil
	}
	packed := strings.Join(strings.Fields(text), "")
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if plain, err := encoding.DecodeString(packed); err == nil && bytes.HasPrefix(bytes.TrimSpace(plain), []byte("{")) {
			return plain, nil
		}
	}
	return nil, errors.New("no service account key: want JSON, or base64 of it")
}

func (w wireFile) account() (Account, error) {
	if w.Type != fileType {
		return Account{}, fmt.Errorf("no service account key: want \"type\": %q", fileType)
	}
	for name, value := range map[string]string{"client_id": w.ClientID, "private_key_id": w.KeyID, "private_key": w.PrivateKey, "token_uri": w.TokenURI} {
		if value == "" {
			return Account{}, fmt.Errorf("the key file names no %s", name)
		}
	}
	api, err := w.api()
	if err != nil {
		return Account{}, err
	}
	account := Account{
		Email: w.Email, ClientID: w.ClientID, KeyID: w.KeyID, TokenURL: w.TokenURI, API: api,
		Scope: w.Scope, Project: w.Project,
	}
	if account.Scope == "" {
		account.Scope = DefaultScope
	}
	return account, nil
}

// api returns the API server, which a file without api_endpoint names by its
// auth host.
func (w wireFile) api() (string, error) {
	token, err := session.HTTPS(w.TokenURI)
	if err != nil {
		return "", fmt.Errorf("token_uri: %w", err)
	}
	if w.API == "" {
		host, found := strings.CutPrefix(token.Host, "auth.")
		if !found {
			return "", errors.New("the key file names no api_endpoint, and its token_uri does not tell it")
		}
		return "https://api." + host, nil
	}
	api, err := session.HTTPS(w.API)
	if err != nil {
		return "", fmt.Errorf("api_endpoint: %w", err)
	}
	if api.RawQuery != "" || api.ForceQuery { // paths are added to it
		return "", errors.New("api_endpoint: want a URL without a query")
	}
	return strings.TrimSuffix(api.String(), "/"), nil
}

func parseKey(text secret.Text) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		return nil, errors.New("want a PEM block")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		other, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("want an RSA key in PKCS#1 or PKCS#8")
		}
		var isRSA bool
		if key, isRSA = other.(*rsa.PrivateKey); !isRSA {
			return nil, errors.New("want an RSA key")
		}
	}
	if key.N.BitLen() < minBits {
		return nil, fmt.Errorf("the RSA key has %d bits, want %d or more", key.N.BitLen(), minBits)
	}
	return key, nil
}

// Explain says where the key came from in what was wrong with it.
func Explain(c credential.Credential, err error) error {
	if err == nil {
		return nil
	}
	return failure.New(failure.BadInput, "", "%s: %w", c.Source, err)
}
