package auth

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/ambient"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/source"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Handle is a session that gives tokens.
type Handle struct {
	Session session.Session
	// Place is where its tokens are kept; nil: nowhere.
	Place *store.Place
	env   Environment
	// key reads a service account's key; nil for other sessions.
	key func() (keyfile.Key, error)
}

func (e Environment) handle(s session.Session, place *store.Place, key func() (keyfile.Key, error)) Handle {
	h := Handle{Session: s, Place: place, env: e, key: key}
	if h.key == nil {
		h.key = h.keptKey
	}
	return h
}

// Unkept returns a session of which nothing is kept, to try it out. key reads
// a service account's key; nil for other sessions.
func (e Environment) Unkept(s session.Session, key func() (keyfile.Key, error)) Handle {
	return e.handle(s, nil, key)
}

// Token answers with a fresh access token; see renew.Want.
func (h Handle) Token(ctx context.Context, want renew.Want) (store.Token, error) {
	if h.env.Unproven {
		return h.keptOnly(want)
	}
	return renew.Coordinator{
		Place: h.Place, Prepare: h.ask, Bound: bounded, Renew: h.renew,
		MustKeep: h.Session.Type == session.User, Notify: h.env.Notify, Now: h.env.Now,
	}.Token(ctx, want)
}

// ask makes sure that the passphrase of the session's encrypted file is known,
// if the user knows it.
func (h Handle) ask(ctx context.Context) error {
	if h.Session.Storage != session.EncryptedFile || h.env.Ask == nil {
		return nil
	}
	if _, err := h.Place.Sealed(); err != nil {
		return nil //nolint:nilerr // whoever opens the file says what is wrong with it
	}
	return h.env.Ask(ctx, h.Session.Name, false)
}

// renew lets a process do it that outlives this one, where a refresh token is
// used up: that must end with the new one saved, even if the user loses
// patience with the command.
func (h Handle) renew(ctx context.Context, held *lock.Lock) (store.Token, error) {
	if h.Session.Type != session.User {
		return h.RenewHere(ctx)
	}
	if h.env.Handover != nil && held != nil && lock.Transferable {
		return h.handOver(ctx, held)
	}
	patient, cancel := bounded(context.WithoutCancel(ctx))
	defer cancel()
	return h.RenewHere(patient)
}

// handOver finds out here whether the passphrase is right, where the user can
// be told.
func (h Handle) handOver(ctx context.Context, held *lock.Lock) (store.Token, error) {
	kept, err := h.Vault()
	if err != nil {
		return store.Token{}, err
	}
	key, err := vault.Unlock(kept)
	if errors.Is(err, vault.ErrNone) {
		return store.Token{}, source.LoginNeeded(h.Session.Name, err)
	}
	if err != nil {
		return store.Token{}, err
	}
	return h.env.Handover(ctx, h.Session, held, key)
}

// RenewHere renews in this process, which must hold the lock, and keeps the
// token. A token that cannot be kept is answered all the same.
func (h Handle) RenewHere(ctx context.Context) (store.Token, error) {
	from, err := h.source()
	if err != nil {
		return store.Token{}, err
	}
	token, err := from.Renew(ctx)
	if err != nil || h.Place == nil {
		return token, err
	}
	if err := h.Place.SaveToken(token); err != nil && h.Session.Type == session.User {
		h.env.Notify("the token could not be kept: " + err.Error())
	}
	return token, nil
}

// renewable is a way to come by tokens.
type renewable interface {
	Renew(ctx context.Context) (store.Token, error)
}

func (h Handle) source() (renewable, error) {
	if h.env.Unproven {
		return nil, h.env.unproven("session " + h.Session.Name)
	}
	if h.Session.Type == session.Datumctl {
		return source.Helper{Session: h.Session, Environ: h.env.Programs}, nil
	}
	client, err := oauth.NewClient(h.Session.CAFile, h.env.UserAgent, h.Session.Certificates...)
	if err != nil {
		return nil, err
	}
	switch h.Session.Type {
	case session.ServiceAccount:
		return source.Account{Load: h.key, Client: client, Notify: h.env.Notify}, nil
	case session.Ambient:
		return source.Ambient{Session: h.Session, Identity: h.identity(client), Client: client}, nil
	default:
		kept, err := h.Vault()
		if err != nil {
			return nil, err
		}
		return source.User{Session: h.Session, Vault: kept, Client: client, SaveSession: h.Place.SaveSession, Notify: h.env.Notify}, nil
	}
}

func (h Handle) identity(client *oauth.Client) func(context.Context, string) (secret.Text, error) {
	reader := ambient.Reader{Getenv: h.env.Identity, Fetch: client.Fetch}
	return func(ctx context.Context, audience string) (secret.Text, error) {
		return reader.Identity(ctx, h.Session.CISource, audience)
	}
}

// Vault returns where the session's long-lived secret is.
func (h Handle) Vault() (vault.Vault, error) {
	if h.env.Unproven {
		return nil, h.env.unproven("session " + h.Session.Name)
	}
	return vault.Open(h.Session, *h.Place, vault.Access{Ring: h.env.Ring, Passphrase: h.env.Passphrase, Key: h.env.Key})
}

// Unlocks tells why the passphrase at hand, which the user is asked for if need
// be, does not open the session's encrypted file; nil where it does or there is
// no passphrase.
func (h Handle) Unlocks(ctx context.Context) error {
	if h.Session.Storage != session.EncryptedFile {
		return nil
	}
	if err := h.ask(ctx); err != nil {
		return err
	}
	kept, err := h.Vault()
	if err == nil {
		_, err = vault.Unlock(kept)
	}
	if errors.Is(err, vault.ErrNone) {
		return source.LoginNeeded(h.Session.Name, err)
	}
	return err
}

// Remove forgets the session and all its secrets on this machine.
func (h Handle) Remove() error {
	var failures []error
	if h.Session.Storage.Keeps() {
		kept, err := h.Vault()
		if err != nil {
			return err
		}
		failures = append(failures, kept.Remove())
	}
	if errors.Join(failures...) == nil { // else the secret could not be found again
		failures = append(failures, h.Place.Remove())
	}
	return errors.Join(failures...)
}

// Kept returns the access token that is kept, for displays.
func (h Handle) Kept() (store.Token, error) {
	if h.Place == nil {
		return store.Token{}, fs.ErrNotExist
	}
	return h.Place.Token()
}

// owned names whose key it is, in errors.
func owned(name string, err error) error {
	return failure.New(failure.CodeOf(err), hintOf(err), "session %s: %w", name, err)
}

func hintOf(err error) string {
	var p *failure.Error
	if errors.As(err, &p) {
		return p.Hint
	}
	return ""
}

func trimSlash(text string) string { return strings.TrimSuffix(text, "/") }
