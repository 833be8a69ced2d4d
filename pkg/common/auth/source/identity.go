package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// userInfoPatience bounds the questions about whose a new token is. Until they
// are answered, the new refresh token is in memory only.
const userInfoPatience = 8 * time.Second

// AccessSubject returns the subject of an access token if it is a JWT of the
// issuer, and an empty text otherwise.
func AccessSubject(access secret.Text, issuer string) string {
	claims, readable := oauth.ReadClaims(access)
	if !readable || !sameIssuer(claims.Issuer, issuer) {
		return ""
	}
	return claims.Subject
}

// identify checks that the tokens of an answer are the session's. Nothing of the
// answer may be kept before. An error of kind Refused means that they are
// somebody else's, one of kind Unable that the server could not be asked.
func (u *User) identify(ctx context.Context, grant oauth.Grant) error {
	u.hidden = append(u.hidden, grant.Access.Access, grant.Refresh, grant.ID)
	confirmed, err := u.told(grant)
	if err == nil && !confirmed {
		confirmed, err = u.asked(ctx, grant.Access.Access)
	}
	if err == nil {
		u.Session.AsOfLogin = !confirmed
	}
	return err
}

// told compares what the tokens themselves say. confirmed is false if none of
// them can be read.
func (u *User) told(grant oauth.Grant) (confirmed bool, err error) {
	byID, err := u.byIDToken(grant)
	if err != nil {
		return false, err
	}
	byAccess, err := u.byAccessToken(grant)
	return byID || byAccess, err
}

// byIDToken compares what OpenID Connect Core 1.0, 12.2 has stay the same over
// the life of a session. The nonce need not: not all servers repeat it.
func (u *User) byIDToken(grant oauth.Grant) (confirmed bool, err error) {
	claims, readable := oauth.ReadClaims(grant.ID)
	if !readable {
		return false, nil
	}
	switch {
	case !sameIssuer(claims.Issuer, u.Session.Issuer):
		return false, u.other("issuer", claims.Issuer, u.Session.Issuer)
	case claims.Subject != u.Session.Subject:
		return false, u.other("subject", claims.Subject, u.Session.Subject)
	case !slices.Contains(claims.Audience, u.Session.ClientID):
		return false, u.other("client", strings.Join(claims.Audience, ", "), u.Session.ClientID)
	}
	return true, nil
}

// byAccessToken compares the subject with that of the login's access token:
// servers may call a user otherwise there than in ID tokens.
func (u *User) byAccessToken(grant oauth.Grant) (confirmed bool, err error) {
	subject := AccessSubject(grant.Access.Access, u.Session.Issuer)
	switch {
	case subject == "" || u.Session.AccessSubject == "":
		return false, nil
	case subject != u.Session.AccessSubject:
		return false, u.other("subject", subject, u.Session.AccessSubject)
	}
	return true, nil
}

// asked asks the userinfo endpoint. confirmed is false if the issuer has none, or
// does not answer this token.
func (u *User) asked(ctx context.Context, access secret.Text) (confirmed bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, userInfoPatience, fmt.Errorf("no answer within %s", userInfoPatience))
	defer cancel()
	subject, err := u.userInfo(ctx, access)
	switch {
	case cannotTell(err), err == nil && subject == "":
		return false, nil
	case err != nil:
		return false, failure.New(failure.Unable, "kubectl datum-creds doctor",
			"session %s: it is renewed, but whose the new token is could not be asked: %w", u.Session.Name, err)
	case subject != u.Session.Subject:
		return false, u.other("subject", subject, u.Session.Subject)
	}
	return true, nil
}

// cannotTell reports whether a server answered that it does not say whose a token
// is: with a refusal that stays.
func cannotTell(err error) bool {
	var failed *oauth.Error
	return errors.As(err, &failed) && failed.Status/100 == 4 && !failed.Retry
}

// other is the error for an answer that is somebody else's: it names what it is
// of, and what the session is of.
func (u *User) other(what, has, wants string) error {
	wants = shown(wants)
	if what == "subject" && u.Session.Email != "" {
		wants += " (" + u.Session.Email + ")"
	}
	return failure.New(failure.Refused, "if the account has changed, sign in again: "+session.LoginCommand(u.Session.Name),
		"session %s: %s answered with tokens of the %s %s, and the session is of the %s %s; nothing of the answer is kept",
		u.Session.Name, hostOf(u.Session.TokenURL), what, shown(has, u.hidden...), what, wants)
}

// shown makes a name that a server sent fit for a message, which repeats none of
// the secrets.
func shown(name string, hidden ...secret.Text) string {
	if name == "" {
		return "(none)"
	}
	return oauth.Shown(name, hidden...)
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "the auth host"
	}
	return session.Host(u)
}

func sameIssuer(a, b string) bool {
	return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}
