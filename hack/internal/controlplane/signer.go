package controlplane

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// signerLifetime is longer than any development cluster lives.
const signerLifetime = 365 * 24 * time.Hour

// newSigner makes the CA that signs certificate requests of the cluster.
func newSigner(cluster, certificatePath, keyPath string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make the signer of certificates: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: cluster + "-signer"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(signerLifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make the signer of certificates: %w", err)
	}
	keyBytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("make the signer of certificates: %w", err)
	}
	if err := writePEM(certificatePath, "CERTIFICATE", certificate); err != nil {
		return err
	}
	return writePEM(keyPath, "EC PRIVATE KEY", keyBytes)
}

func writePEM(path, kind string, content []byte) error {
	encoded := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
	if err := private.WriteFile(path, encoded); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
