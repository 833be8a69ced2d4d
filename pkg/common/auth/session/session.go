// Package session says who is signed in, where, and which servers may see the
// tokens. A Session holds no secret.
package session

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// APIVersion is the version of the stored form.
const APIVersion = "creds.datum.net/v1alpha1"

// Type says how a session comes by its tokens.
type Type string

// The types.
const (
	// User signed in with a browser or a device code; has a refresh token.
	User Type = "user"
	// ServiceAccount signs assertions with a private key.
	ServiceAccount Type = "service-account"
	// Ambient exchanges the identity that a CI system gives its jobs.
	Ambient Type = "ambient"
	// Datumctl asks a session of datumctl, through datumctl.
	Datumctl Type = "datumctl"
)

// Storage says where the secret of a session is kept for longer than its
// access token lives. It is chosen at login and never changes by itself.
type Storage string

// The storages.
const (
	// Keyring is the operating system's keyring.
	Keyring Storage = "keyring"
	// File is a plain file of mode 0600, which the user asked for.
	File Storage = "file"
	// EncryptedFile is a file of mode 0600 under a passphrase of the user's.
	EncryptedFile Storage = "encrypted-file"
	// None: there is nothing to keep, or it is read anew each time.
	None Storage = "none"
)

// Keeps reports whether there is a secret of the session's to remove.
func (s Storage) Keeps() bool { return s == Keyring || s == File || s == EncryptedFile }

// Session is who is signed in where.
type Session struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Name is what the user calls it, any printable text.
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Subject and Email are what the issuer said of the user at login.
	Subject string `json:"subject,omitempty"`
	Email   string `json:"email,omitempty"`
	// AccessSubject is the sub of the login's access token, which need not be
	// Subject. It is empty for opaque tokens, and in sessions of older versions.
	AccessSubject string `json:"accessSubject,omitempty"`
	// AsOfLogin is true if the last renewal could not tell whose tokens it got:
	// Subject and Email are then known from the login only.
	AsOfLogin bool `json:"asOfLogin,omitempty"`
	// Issuer is the auth host's OpenID Connect issuer.
	Issuer   string `json:"issuer,omitempty"`
	ClientID string `json:"clientID,omitempty"`
	Scope    string `json:"scope,omitempty"`
	// TokenURL and RevocationURL are the issuer's, from discovery at login.
	TokenURL      string `json:"tokenURL,omitempty"`
	RevocationURL string `json:"revocationURL,omitempty"`
	// UserInfoURL is the issuer's userinfo endpoint. It is empty until it is first
	// needed in sessions of older versions, and where NoUserInfo is true: the
	// issuer has none.
	UserInfoURL string  `json:"userInfoURL,omitempty"`
	NoUserInfo  bool    `json:"noUserInfo,omitempty"`
	Storage     Storage `json:"storage"`
	// CAFile is trusted besides the system's certificates, for the auth host.
	CAFile string `json:"caFile,omitempty"`
	// Certificates are the files and folders that SSL_CERT_FILE and SSL_CERT_DIR
	// named at the login, trusted as CAFile is: a renewal may not see the variables.
	Certificates []string `json:"certificates,omitempty"`
	// API is the API server whose control planes kubeconfigs are made for.
	API string `json:"api"`
	// Trust says which servers may be given tokens.
	Trust Trust `json:"trust"`
	// KeyFile is a service account's key file, where the user keeps it.
	KeyFile string `json:"keyFile,omitempty"`
	// CISource and Audience configure an Ambient session.
	CISource string `json:"ciSource,omitempty"`
	Audience string `json:"audience,omitempty"`
	// Helper and HelperSession name the datumctl of a Datumctl session.
	Helper        string    `json:"helper,omitempty"`
	HelperSession string    `json:"helperSession,omitempty"`
	Created       time.Time `json:"created"`
}

// maxName bounds names: they are shown in tables and file contents.
const maxName = 253

// ValidateName tells why a name cannot be one of a session.
func ValidateName(name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("session name: want 1 to %d characters", maxName)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar }) {
		return errors.New("session name: holds characters that do not print")
	}
	return nil
}

// Validate tells what is wrong with a stored session.
func (s Session) Validate() error {
	if s.APIVersion != APIVersion || s.Kind != "Session" {
		return fmt.Errorf("want a Session of %s, have %q of %q", APIVersion, s.Kind, s.APIVersion)
	}
	switch s.Type {
	case User, ServiceAccount, Ambient, Datumctl:
	default:
		return fmt.Errorf("unknown session type %q", s.Type)
	}
	for field, text := range map[string]string{"issuer": s.Issuer, "tokenURL": s.TokenURL, "revocationURL": s.RevocationURL, "userInfoURL": s.UserInfoURL, "api": s.API} {
		if _, err := HTTPS(text); text != "" && err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
	}
	// A relative one is another program in each folder.
	if s.Type == Datumctl && !filepath.IsAbs(s.Helper) {
		return fmt.Errorf("helper %q: want an absolute path", s.Helper)
	}
	return ValidateName(s.Name)
}

// HTTPS parses the URL of a server that may be told a secret: https, a host,
// and no user or fragment.
func HTTPS(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("not a URL")
	case u.Scheme != "https":
		return nil, fmt.Errorf("%s: want an https:// URL", address.Parse(text))
	case u.Hostname() == "" || u.User != nil || u.Fragment != "":
		return nil, fmt.Errorf("%s: want a host, and neither a user nor a fragment", address.Parse(text))
	}
	return u, nil
}

// Host returns the host of an https URL in the form that hosts are compared
// in: lower case, and without the port where that is 443.
func Host(u *url.URL) string {
	host := strings.ToLower(u.Host)
	return strings.TrimSuffix(host, ":443")
}
