package oidc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// APIServerFlags returns the flags that make a kube-apiserver accept the
// provider's tokens; they name a file in the folder. Users are called by their
// e-mail address, service accounts by their subject.
func (p *Provider) APIServerFlags(dir, audience string, certificate Certificate) (map[string][]string, error) {
	path := filepath.Join(dir, "authentication.yaml")
	config := fmt.Sprintf(`apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: %s
    audiences: [%s]
    certificateAuthority: |
      %s
  claimValidationRules:
  - expression: claims.?email_verified.orValue(true) == true
    message: the address is not verified
  claimMappings:
    username:
      expression: claims.?email.orValue(claims.sub)
`, p.Issuer, audience, strings.ReplaceAll(strings.TrimSpace(string(certificate.PEM)), "\n", "\n      "))
	return map[string][]string{"authentication-config": {path}}, os.WriteFile(path, []byte(config), 0o600)
}
