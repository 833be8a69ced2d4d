package auth

import (
	"errors"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// ofCredential returns the session of a key that is used without a login. Its
// tokens are kept, where that is possible, under the digest of the key; the
// key is not.
func (e Environment) ofCredential(c credential.Credential) (Handle, error) {
	account, err := keyfile.ParseAccount(c.Content)
	if err != nil {
		return Handle{}, keyfile.Explain(c, err)
	}
	s, err := AccountSession(account)
	if err != nil {
		return Handle{}, keyfile.Explain(c, err)
	}
	key := func() (keyfile.Key, error) {
		key, err := keyfile.Parse(c.Content)
		return key, keyfile.Explain(c, err)
	}
	if !e.Home.Known() {
		return e.handle(s, nil, key), nil
	}
	place := e.Home.Credential([]byte(c.Content.Reveal()))
	e.keepAccount(place, s)
	return e.handle(s, &place, key), nil
}

// keepAccount writes down whose tokens the place holds, for those who read
// them without the key. Where it cannot, they will need the key.
func (e Environment) keepAccount(place store.Place, s session.Session) {
	if _, err := place.Session(); errors.Is(err, fs.ErrNotExist) {
		s.Created = e.Now()
		_ = place.SaveSession(s)
	}
}

// AccountSession returns the session that a service account's key file
// describes: all it needs is in the file, which no kubeconfig can change.
func AccountSession(account keyfile.Account) (session.Session, error) {
	name := account.Email
	if name == "" {
		name = account.ClientID
	}
	issuer, err := keyfile.Audience(account.TokenURL)
	if err != nil {
		return session.Session{}, err
	}
	s := session.Session{
		APIVersion: session.APIVersion, Kind: "Session",
		Name: name, Type: session.ServiceAccount, Subject: account.ClientID, Email: account.Email,
		Issuer: issuer, TokenURL: account.TokenURL, Scope: account.Scope, Storage: session.None, API: trimSlash(account.API),
	}
	s.Trust, err = TrustOf(s.API, nil)
	if err != nil {
		return session.Session{}, err
	}
	return s, s.Validate()
}

// TrustOf returns the trust in one API server, with the certificates that
// kubeconfigs for it hold; nil: none.
func TrustOf(api string, bundle []byte) (session.Trust, error) {
	u, err := session.HTTPS(api)
	if err != nil {
		return session.Trust{}, err
	}
	return session.Trust{Servers: []session.Server{{Host: session.Host(u), CASHA256: session.CADigest(bundle)}}}, nil
}

// keptKey reads the key of a session: from where the user keeps the file, or
// from the vault.
func (h Handle) keptKey() (keyfile.Key, error) {
	if h.env.Unproven {
		return keyfile.Key{}, h.env.unproven("session " + h.Session.Name)
	}
	c := credential.Credential{Source: "the kept key"}
	if h.Session.KeyFile != "" {
		var err error
		if c, err = credential.FromFile(h.Session.KeyFile); err != nil {
			return keyfile.Key{}, owned(h.Session.Name, err)
		}
	} else {
		kept, err := h.Vault()
		if err != nil {
			return keyfile.Key{}, err
		}
		if c.Content, err = kept.Load(); err != nil {
			return keyfile.Key{}, owned(h.Session.Name, err)
		}
	}
	return h.checked(c)
}

// checked reads a key, which must still be one of the session's account: a
// file that was exchanged must not sign in somebody else under the old name.
func (h Handle) checked(c credential.Credential) (keyfile.Key, error) {
	key, err := keyfile.Parse(c.Content)
	if err == nil && (key.ClientID != h.Session.Subject || key.TokenURL != h.Session.TokenURL) {
		err = errors.New("it is the key of another account, or for another auth host; log in anew")
	}
	return key, keyfile.Explain(c, err)
}
