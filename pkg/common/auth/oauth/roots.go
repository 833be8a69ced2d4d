package oauth

import (
	"crypto/x509"
	"os"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Roots returns the system's certificates, those of a PEM file, and those of
// more files and folders. It is nil, which means the system's, without any of
// them. A caFile must hold a certificate; more is what a login found in
// SSL_CERT_FILE and SSL_CERT_DIR, which crypto/x509 reads as leniently as this
// (crypto/x509/root_unix.go, Go 1.26).
func Roots(caFile string, more ...string) (*x509.CertPool, error) {
	if caFile == "" && len(more) == 0 {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if caFile != "" {
		bundle, err := os.ReadFile(caFile)
		if err != nil {
			return nil, failure.New(failure.BadInput, "", "certificates: %w", err)
		}
		if !roots.AppendCertsFromPEM(bundle) {
			return nil, failure.New(failure.BadInput, "", "%s: holds no PEM certificate", caFile)
		}
	}
	for _, path := range more {
		appendCertificates(roots, path)
	}
	return roots, nil
}

// appendCertificates adds the certificates of a file, or of the files in a
// folder.
func appendCertificates(roots *x509.CertPool, path string) {
	files := []string{path}
	if entries, err := os.ReadDir(path); err == nil {
		files = nil
		for _, entry := range entries {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	for _, file := range files {
		if bundle, err := os.ReadFile(file); err == nil {
			roots.AppendCertsFromPEM(bundle)
		}
	}
}
