package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// skewWorthTelling is when a clock is wrong enough to matter.
const skewWorthTelling = 20 * time.Second

// sessions checks each session, and each auth host once.
func (p Patient) sessions(ctx context.Context) []Finding {
	all, err := p.Auth.Home.Sessions()
	var findings []Finding
	if err != nil {
		findings = append(findings, bad("sessions", "kubectl datum-creds logout --session NAME --local, and log in anew", "%v", err))
	}
	if len(all) == 0 && err == nil {
		findings = append(findings, ok("sessions", "not signed in"))
	}
	hosts := map[string]bool{}
	for _, s := range all {
		handle, err := p.Auth.Named(s.Name)
		if err != nil {
			findings = append(findings, bad("session "+s.Name, "", "%v", err))
			continue
		}
		findings = append(findings, p.session(handle)...)
		if key := s.Issuer + "\x00" + s.CAFile; s.Type != session.Datumctl && !hosts[key] {
			hosts[key] = true
			findings = append(findings, p.host(ctx, s)...)
		}
	}
	return findings
}

func (p Patient) session(handle auth.Handle) []Finding {
	s := handle.Session
	check := "session " + s.Name
	findings := []Finding{p.secret(check, handle), p.lock(check, handle)}
	if last := handle.Place.Failure(); !last.Time.IsZero() {
		findings = append(findings, failed(check, s.Name, last))
	}
	return findings
}

// failed explains the last renewal's failure. Some servers (glewlwyd 2.7 does)
// answer a refresh token that was used before or has ended with an empty 400,
// where RFC 6749, 5.2 wants an error code: it cannot be distinguished from a fault.
func failed(check, name string, last store.Failure) Finding {
	said := fmt.Sprintf("the last renewal failed at %s: %s", last.Time.UTC().Format(time.RFC3339), last.Message)
	if !last.Unexplained {
		return warn(check, last.Hint, "%s", said)
	}
	return warn(check, "if it fails again, sign in again: "+session.LoginCommand(name),
		"%s. The server gives no reason. Some servers answer so when the refresh token was used before or has ended", said)
}

// secret checks that what the session needs is where it should be.
func (p Patient) secret(check string, handle auth.Handle) Finding {
	s := handle.Session
	switch {
	case s.KeyFile != "":
		if _, err := credential.FromFile(s.KeyFile); err != nil {
			return bad(check, "put the key file back, or log in anew", "%v", err)
		}
		return ok(check, "the key is in %s", s.KeyFile)
	case s.Storage == session.None:
		return ok(check, "keeps no secret")
	}
	kept, err := handle.Vault()
	if err == nil {
		_, err = kept.Load()
	}
	if errors.Is(err, vault.ErrNone) {
		return bad(check, session.LoginCommand(s.Name), "its secret is gone from the %s", s.Storage)
	}
	_, named, _ := sealed.FromEnvironment(p.Getenv) // err tells what is wrong with it
	switch {
	case errors.Is(err, vault.ErrPassphrase) && !named:
		return warn(check, "set "+sealed.FileVariable+" or "+sealed.Variable+" where nobody can be asked", "its secret is in an encrypted file, and no passphrase is set here")
	case errors.Is(err, vault.ErrPassphrase):
		return bad(check, "set the passphrase of the login", "%v", err)
	case err != nil:
		return bad(check, "", "%v", err)
	}
	return ok(check, "its secret is in the %s", s.Storage)
}

func (p Patient) lock(check string, handle auth.Handle) Finding {
	held, err := handle.Place.TryLock()
	if errors.Is(err, lock.ErrTaken) {
		return warn(check, "wait; a renewal ends within "+auth.Deadline.String(), "%s renews it now", lock.Holder(handle.Place.LockPath()))
	}
	if err != nil {
		return bad(check, "", "its lock cannot be taken: %v", err)
	}
	held.Release()
	return ok(check, "its lock works")
}

// moved is the finding for a token endpoint that is not the login's any more. A
// refresh token stays with the host that issued it, and a key with the host that
// its file names.
func moved(check string, s session.Session, endpoint string) Finding {
	fix := "none is needed: it is looked up when the old one is gone"
	if hostOf(endpoint) != hostOf(s.TokenURL) {
		fix = session.LoginCommand(s.Name)
	}
	if s.Type == session.ServiceAccount {
		fix = "make a new key for the service account when the old endpoint is gone"
	}
	return warn(check, fix, "its token endpoint is now %s", address.Parse(endpoint))
}

func hostOf(text string) string {
	u, err := session.HTTPS(text)
	if err != nil {
		return ""
	}
	return session.Host(u)
}

// host checks discovery, TLS and the clocks.
func (p Patient) host(ctx context.Context, s session.Session) []Finding {
	issuer := address.Parse(s.Issuer)
	check := "auth host " + issuer.String()
	client, err := oauth.NewClient(s.CAFile, p.Auth.UserAgent, s.Certificates...)
	if err != nil {
		return []Finding{bad(check, "log in anew with --ca-file", "%v", err)}
	}
	found, err := client.Discover(ctx, s.Issuer)
	if err != nil {
		return []Finding{bad(check, "check the network, the proxy and --ca-file", "%v", err)}
	}
	findings := []Finding{ok(check, "answers, and its certificate is trusted")}
	if s.Type != session.Ambient && found.Token != s.TokenURL {
		findings = append(findings, moved(check, s, found.Token))
	}
	theirs, err := client.ServerClock(ctx, s.Issuer)
	skew := p.Auth.Now().Sub(theirs)
	switch {
	case err != nil || theirs.IsZero():
		findings = append(findings, warn("clock", "", "%s does not tell its time", issuer))
	case skew.Abs() > skewWorthTelling:
		findings = append(findings, bad("clock", "set this machine's clock", "this machine's clock is off by %s", skew.Round(time.Second)))
	default:
		findings = append(findings, ok("clock", "agrees with %s", issuer))
	}
	return findings
}
