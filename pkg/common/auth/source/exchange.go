package source

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// exchange makes the token request. Where the endpoint is gone, the issuer is
// asked for the new one.
func (u *User) exchange(ctx context.Context, refresh secret.Text) (oauth.Grant, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}, "client_id": {u.Session.ClientID}}
	grant, err := u.Client.RequestRotating(ctx, u.Session.TokenURL, form)
	if !moved(err) {
		return grant, err
	}
	found, lost := u.Client.Discover(ctx, u.Session.Issuer)
	if lost != nil || found.Token == u.Session.TokenURL {
		return grant, err
	}
	if err := u.follow(found); err != nil {
		return oauth.Grant{}, err
	}
	return u.Client.RequestRotating(ctx, u.Session.TokenURL, form)
}

// follow takes over the issuer's new endpoints. A refresh token is sent to no
// other host than the one that issued it.
func (u *User) follow(found oauth.Endpoints) error {
	if from, to := hostOf(u.Session.TokenURL), hostOf(found.Token); from != to {
		return failure.New(failure.LoginNeeded, session.LoginCommand(u.Session.Name),
			"session %s: the auth host %s moved its token endpoint from %s to %s; sign in again, because a refresh token is never sent to another host",
			u.Session.Name, hostOf(u.Session.Issuer), from, to)
	}
	u.Session.TokenURL, u.Session.RevocationURL = found.Token, found.Revocation
	u.Session.UserInfoURL, u.Session.NoUserInfo = found.UserInfo, found.UserInfo == ""
	return nil
}

func moved(err error) bool {
	var failed *oauth.Error
	if !errors.As(err, &failed) || failed.Code != "" {
		return false
	}
	switch failed.Status {
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed:
		return true
	}
	return false
}

// explain turns a refused refresh into the need for a login, if the server says
// in OAuth's words that only a login helps. Any other answer may come from
// something between, or pass.
func (u *User) explain(err error) error {
	var failed *oauth.Error
	if !errors.As(err, &failed) {
		return err
	}
	if ends(failed.Code) {
		return LoginNeeded(u.Session.Name, err)
	}
	if failed.Empty && (failed.Status == http.StatusBadRequest || failed.Status == http.StatusUnauthorized) {
		err = store.Unexplained(err)
	}
	return failure.New(failure.Unable, "kubectl datum-creds doctor", "session %s: renew: %w", u.Session.Name, err)
}

// ends reports whether an error code means that the session has ended: the
// grant is used up, expired or revoked (RFC 6749, 5.2), or the user has to do
// something (OpenID Connect Core 1.0, 3.1.2.6).
func ends(code string) bool {
	switch code {
	case "invalid_grant", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return true
	}
	return false
}
