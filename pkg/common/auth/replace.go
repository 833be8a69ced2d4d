package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Conflict tells why a login must not put s in the place of old: kubeconfigs
// name the session, and would become somebody else without a word.
func Conflict(old, s session.Session) error {
	for _, c := range []struct{ what, old, now string }{
		{"is of type", string(old.Type), string(s.Type)},
		{"is for the API server", old.API, s.API},
		{"is of the auth host", trimSlash(old.Issuer), trimSlash(s.Issuer)},
		{"is of", old.Subject, s.Subject},
		{"is of the CI identity", old.CISource, s.CISource},
		{"is of datumctl's session", old.HelperSession, s.HelperSession},
	} {
		if c.old != c.now {
			return failure.New(failure.Refused, "choose another --name, or make it another's: "+session.LoginCommand(old.Name)+" --replace",
				"session %s %s %s, and not %s", old.Name, c.what, orNone(c.old), orNone(c.now))
		}
	}
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// joined is the trust in all servers of both.
func joined(old, now session.Trust) session.Trust {
	all := session.Trust{Servers: slices.Clone(old.Servers), WithoutClusterInfo: old.WithoutClusterInfo || now.WithoutClusterInfo}
	for _, s := range now.Servers {
		if !slices.Contains(all.Servers, s) {
			all.Servers = append(all.Servers, s)
		}
	}
	return all
}

// abandon revokes a refresh token that no session keeps any more. It leaves it
// alone where a session of the same person is kept: many servers count all
// logins of a person as one grant, and would end that session too.
func (e Environment) abandon(ctx context.Context, s session.Session, refresh secret.Text) {
	if s.Type != session.User || s.RevocationURL == "" || refresh.Empty() || e.has(s) {
		return
	}
	ctx, cancel := bounded(context.WithoutCancel(ctx))
	defer cancel()
	client, err := oauth.NewClient(s.CAFile, e.UserAgent, s.Certificates...)
	if err == nil {
		err = client.Revoke(ctx, s.RevocationURL, s.ClientID, "refresh_token", refresh)
	}
	if err != nil {
		e.Notify(fmt.Sprintf("a refresh token of %s that is not kept could not be revoked: %v", s.Email, err))
	}
}

// has reports whether a session of the same person at the same issuer is kept, or
// may be: not all can be read.
func (e Environment) has(s session.Session) bool {
	all, err := e.Home.Sessions()
	return err != nil || slices.ContainsFunc(all, func(o session.Session) bool {
		return o.Type == session.User && o.Subject == s.Subject && strings.EqualFold(trimSlash(o.Issuer), trimSlash(s.Issuer))
	})
}
