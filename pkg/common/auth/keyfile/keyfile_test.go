package keyfile

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

func encode(t testing.TB, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func newKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// file is a key file's fields.
func file(private string) map[string]any {
	return map[string]any{
		"type": fileType, "client_id": "4711", "private_key_id": "k", "private_key": private, "client_email": "robot@p.test",
		"token_uri": "https://auth.datum.test/oauth/v2/token", "project_id": "p",
	}
}

func text(t testing.TB, fields map[string]any) secret.Text {
	t.Helper()
	content, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(string(content))
}

func TestForms(t *testing.T) {
	key := newKey(t, 2048)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	for name, private := range map[string]string{
		"PKCS#1": encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil), "PKCS#8": encode(t, "PRIVATE KEY", pkcs8, err),
	} {
		plain := text(t, file(private))
		for form, content := range map[string]secret.Text{
			"raw": plain, "spaces": secret.New("\n " + plain.Reveal() + "\n"),
			"base64":         secret.New(base64.StdEncoding.EncodeToString([]byte(plain.Reveal()))),
			"base64, in URL": secret.New(base64.RawURLEncoding.EncodeToString([]byte(plain.Reveal()))),
			"base64, lines":  secret.New(strings.Join(strings.SplitAfter(base64.StdEncoding.EncodeToString([]byte(plain.Reveal())), "A"), "\n")),
		} {
			got, err := Parse(content)
			if err != nil || got.ClientID != "4711" || got.API != "https://api.datum.test" || got.Scope != DefaultScope || !got.signer.Equal(key) {
				t.Errorf("%s, %s: %+v, %v", name, form, got.Account, err)
			}
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	good := encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(newKey(t, 2048)), nil)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := x509.MarshalPKCS8PrivateKey(curve)
	for name, spoil := range map[string]func(map[string]any){
		"other type":    func(m map[string]any) { m["type"] = "service_account" },
		"no client":     func(m map[string]any) { delete(m, "client_id") },
		"no key id":     func(m map[string]any) { delete(m, "private_key_id") },
		"no key":        func(m map[string]any) { delete(m, "private_key") },
		"no token_uri":  func(m map[string]any) { delete(m, "token_uri") },
		"plain http":    func(m map[string]any) { m["token_uri"] = "http://auth.datum.test/token" },
		"API's query":   func(m map[string]any) { m["api_endpoint"] = "https://api.datum.test?x=1" },
		"API's mark":    func(m map[string]any) { m["api_endpoint"] = "https://api.datum.test/?" },
		"plain API":     func(m map[string]any) { m["api_endpoint"] = "http://api.datum.test" },
		"API not known": func(m map[string]any) { m["token_uri"] = "https://login.test/token" },
		"not PEM":       func(m map[string]any) { m["private_key"] = "private-words" },
		"no RSA":        func(m map[string]any) { m["private_key"] = encode(t, "PRIVATE KEY", other, err) },
		"damaged":       func(m map[string]any) { m["private_key"] = encode(t, "PRIVATE KEY", []byte("private-words"), nil) },
		"number":        func(m map[string]any) { m["client_id"] = 4711 },
	} {
		t.Run(name, func(t *testing.T) {
			fields := file(good)
			spoil(fields)
			_, err := Parse(text(t, fields))
			if err == nil || strings.Contains(err.Error(), "private-words") {
				t.Errorf("Parse = %v", err)
			}
		})
	}
	for _, content := range []string{"", "private-words", "cHJpdmF0ZS13b3Jkcw==", "{", "[]", "null"} {
		if _, err := Parse(secret.New(content)); err == nil || strings.Contains(err.Error(), "private-words") {
			t.Errorf("Parse(%q) = %v", content, err)
		}
	}
}

func TestAssertion(t *testing.T) {
	private := newKey(t, 2048)
	key, err := Parse(text(t, file(encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private), nil))))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Second)
	first, err := key.Assertion(now)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(first.Reveal(), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims(&private.PublicKey, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Issuer != "4711" || claims.Subject != "4711" || claims.Audience[0] != "https://auth.datum.test" || parsed.Headers[0].KeyID != "k" {
		t.Errorf("%+v %+v", claims, parsed.Headers[0])
	}
	if !claims.IssuedAt.Time().Equal(now.Add(-backdate)) || !claims.Expiry.Time().Equal(now.Add(life)) {
		t.Errorf("from %v to %v", claims.IssuedAt.Time(), claims.Expiry.Time())
	}
	if second, err := key.Assertion(now); err != nil || second.Digest() == first.Digest() {
		t.Errorf("the second assertion is the first: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"type":"datum_service_account","client_id":"1","private_key_id":"k","private_key":"x","token_uri":"https://auth.a/b"}`)
	f.Add("eyJ0eXBlIjoi")
	f.Fuzz(func(t *testing.T, content string) {
		account, err := ParseAccount(secret.New(content))
		if err == nil && (!strings.HasPrefix(account.TokenURL, "https://") || !strings.HasPrefix(account.API, "https://")) {
			t.Fatalf("%+v", account)
		}
		_, _ = Parse(secret.New(content))
	})
}
