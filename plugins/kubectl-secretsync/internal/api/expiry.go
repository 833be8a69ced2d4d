package api

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"time"

	"k8s.io/client-go/rest"
)

// expiryOf says until when the config's own credential is valid: a client
// certificate or a JWT. It is empty for any other credential, and shows nothing of
// it but the time.
func expiryOf(config *rest.Config) string {
	if end := certEnd(config.CertData); !end.IsZero() {
		return "the kubeconfig's client certificate is valid until " + end.UTC().Format(time.RFC3339)
	}
	if end := tokenEnd(config.BearerToken); !end.IsZero() {
		return "the kubeconfig's token is valid until " + end.UTC().Format(time.RFC3339)
	}
	return ""
}

// certEnd returns when the first certificate of a PEM text expires, zero without one.
func certEnd(text []byte) time.Time {
	block, _ := pem.Decode(text)
	if block == nil {
		return time.Time{}
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}
	}
	return cert.NotAfter
}

// tokenEnd returns when a JWT expires, zero for tokens that do not say it.
func tokenEnd(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Expires int64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil || claims.Expires <= 0 {
		return time.Time{}
	}
	return time.Unix(claims.Expires, 0)
}
