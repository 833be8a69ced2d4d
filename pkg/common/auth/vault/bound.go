package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Binding is whose secret it is and where it may be sent. It is stored with the
// secret: session.json alone must not redirect it.
type Binding struct {
	Issuer    string `json:"issuer,omitempty"`
	TokenHost string `json:"tokenHost,omitempty"`
	ClientID  string `json:"clientID,omitempty"`
	Subject   string `json:"subject,omitempty"`
}

// bindingOf returns what a session says.
func bindingOf(s session.Session) Binding {
	b := Binding{Issuer: strings.TrimSuffix(s.Issuer, "/"), ClientID: s.ClientID, Subject: s.Subject}
	if u, err := url.Parse(s.TokenURL); err == nil {
		b.TokenHost = session.Host(u)
	}
	return b
}

// differs names the first field in which a session differs; empty if none does.
func (b Binding) differs(s Binding) string {
	for _, f := range []struct{ name, kept, said string }{
		{"issuer", b.Issuer, s.Issuer}, {"token host", b.TokenHost, s.TokenHost}, {"client", b.ClientID, s.ClientID}, {"subject", b.Subject, s.Subject},
	} {
		if f.kept != f.said {
			return fmt.Sprintf("the secret is for the %s %q, and the session names %q", f.name, f.kept, f.said)
		}
	}
	return ""
}

// bound is a vault whose secrets say where they may be used.
type bound struct {
	Vault
	session session.Session
	// unbound accepts a secret that says nothing: of a file that an older version
	// wrote. Whoever can write there can read it too.
	unbound bool
}

// envelope is the stored form. Its version is ahead of the JSON because a
// service account's key is JSON too.
type envelope struct {
	Binding
	Text string `json:"secret"`
}

const envelopeVersion = "datum-creds/1 "

// Load returns the secret if it is for the session's issuer, token host, client
// and subject.
func (v bound) Load() (secret.Text, error) {
	stored, err := v.Vault.Load()
	if err != nil {
		return stored, err
	}
	text, versioned := strings.CutPrefix(stored.Reveal(), envelopeVersion)
	if !versioned && v.unbound {
		return stored, nil
	}
	var e envelope
	if !versioned || json.Unmarshal([]byte(text), &e) != nil {
		return secret.Text{}, v.refuse("the stored secret does not say where it may be used")
	}
	if difference := e.differs(bindingOf(v.session)); difference != "" {
		return secret.Text{}, v.refuse(difference)
	}
	return secret.New(e.Text), nil
}

func (v bound) refuse(why string) error {
	return failure.New(failure.Refused, "if you changed the session yourself, sign in again: "+session.LoginCommand(v.session.Name)+" --replace",
		"session %s: nothing is sent: %s", v.session.Name, why)
}

// Save stores the secret with its binding.
func (v bound) Save(s secret.Text) error {
	wrapped, err := v.wrap(s)
	if err != nil {
		return err
	}
	return v.Vault.Save(wrapped)
}

func (v bound) wrap(s secret.Text) (secret.Text, error) {
	var stored any = envelope{bindingOf(v.session), s.Reveal()}
	text, err := json.Marshal(stored)
	if err != nil {
		return secret.Text{}, errors.New("the secret cannot be stored as JSON")
	}
	return secret.New(envelopeVersion + string(text)), nil
}

// Reserve reserves space for the secret with its binding.
func (v bound) Reserve(like secret.Text) (Reservation, error) {
	wrapped, err := v.wrap(like)
	if err != nil {
		return nil, err
	}
	reservation, err := v.Vault.Reserve(wrapped)
	return boundReservation{reservation, v}, err
}

type boundReservation struct {
	Reservation
	vault bound
}

// Save stores the secret with its binding.
func (r boundReservation) Save(s secret.Text) error {
	wrapped, err := r.vault.wrap(s)
	if err != nil {
		return err
	}
	return r.Reservation.Save(wrapped)
}
