package source

import (
	"context"
	"errors"
	"net/http"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// userInfo asks the userinfo endpoint whose a token is. The answer is empty
// where there is no such endpoint. Where it is gone, the issuer is asked for the
// new one, once.
func (u *User) userInfo(ctx context.Context, access secret.Text) (subject string, err error) {
	known := u.hasUserInfo()
	if !known {
		err = u.discover(ctx)
	}
	if err != nil || u.Session.NoUserInfo {
		return "", err
	}
	asked := u.Session.UserInfoURL
	subject, err = u.Client.UserInfo(ctx, asked, access)
	if !known || !gone(err) {
		return subject, err
	}
	if lost := u.discover(ctx); lost != nil {
		return "", lost
	}
	if u.Session.NoUserInfo || u.Session.UserInfoURL == asked {
		return "", err
	}
	return u.Client.UserInfo(ctx, u.Session.UserInfoURL, access)
}

// hasUserInfo reports whether it is known where the userinfo endpoint is, or that
// there is none. One on another host than the issuer's and the token endpoint's
// is looked up each time: an access token goes where these two say, and nowhere
// because of session.json alone.
func (u *User) hasUserInfo() bool {
	if u.Session.NoUserInfo {
		return true
	}
	host := hostOf(u.Session.UserInfoURL)
	return u.Session.UserInfoURL != "" && (host == hostOf(u.Session.Issuer) || host == hostOf(u.Session.TokenURL))
}

// discover learns from the issuer where its userinfo endpoint is.
func (u *User) discover(ctx context.Context) error {
	found, err := u.Client.Discover(ctx, u.Session.Issuer)
	if err != nil {
		return err
	}
	u.Session.UserInfoURL, u.Session.NoUserInfo = found.UserInfo, found.UserInfo == ""
	return nil
}

// gone reports whether an endpoint is not, or not any more, where it was asked.
func gone(err error) bool {
	var failed *oauth.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Status {
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusMovedPermanently, http.StatusPermanentRedirect:
		return true
	}
	return false
}
