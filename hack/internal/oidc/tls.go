package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificate is a certificate for 127.0.0.1, which vouches for itself, and
// its key.
type Certificate struct {
	// CertFile and KeyFile are PEM.
	CertFile, KeyFile string
	// PEM is the certificate.
	PEM []byte
	// PublicKeyHash is what browsers pin: base64 of the digest of the key.
	PublicKeyHash string
}

// NewCertificate makes a certificate in a folder. Each is good for a day.
func NewCertificate(dir string) (Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "kubectl-plugins tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return Certificate{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return Certificate{}, err
	}
	sum := sha256.Sum256(public)
	made := Certificate{
		CertFile: filepath.Join(dir, "ca.pem"), KeyFile: filepath.Join(dir, "key.pem"),
		PEM:           pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		PublicKeyHash: base64.StdEncoding.EncodeToString(sum[:]),
	}
	if err := os.WriteFile(made.CertFile, made.PEM, 0o600); err != nil {
		return Certificate{}, fmt.Errorf("write certificate: %w", err)
	}
	return made, os.WriteFile(made.KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600)
}
