package cmd

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// kind is the type of session that the flags ask for.
func (o *loginOptions) kind() session.Type {
	switch {
	case o.credentials != "":
		return session.ServiceAccount
	case o.datumctl != "":
		return session.Datumctl
	case o.ciIdentity != "":
		return session.Ambient
	}
	return session.User
}

// old returns the session that is signed in again; nil: it is a new one.
func (o *loginOptions) old() (*session.Session, error) {
	home := o.deps.Auth().Home
	if o.name == "" || o.replace || !home.Known() {
		return nil, nil
	}
	s, err := home.Session(o.name).Session()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, auth.Unreadable(err)
	}
	return &s, nil
}

// takeOver fills in what the flags leave open from the session that is signed
// in again: the hint of a session that has ended names no flag but --name.
func (o *loginOptions) takeOver(old session.Session) {
	all := map[string]string{"ca-file": old.CAFile, "client-id": old.ClientID, "from-session": old.HelperSession}
	if old.Type != session.ServiceAccount { // whose key file names the hosts
		all["hostname"], all["api-hostname"] = old.Issuer, old.API
	}
	o.certificates = old.Certificates
	if old.Type == session.Ambient {
		all["sts-url"], all["audience"] = old.TokenURL, old.Audience
	}
	if old.Storage != session.None {
		all["storage"] = string(old.Storage)
	}
	fields := map[string]*string{
		"ca-file": &o.caFile, "client-id": &o.clientID, "from-session": &o.fromSession, "hostname": &o.hostname,
		"api-hostname": &o.apiHostname, "sts-url": &o.stsURL, "audience": &o.audience, "storage": &o.storage,
	}
	for name, value := range all {
		if !o.given(name) && value != "" {
			*fields[name] = value
		}
	}
}

// again prepares signing in to a session that is there, and refuses early what
// would be refused after the user has signed in.
func (o *loginOptions) again() (hosts, error) {
	old, err := o.old()
	if err != nil {
		return hosts{}, err
	}
	if old == nil {
		return o.hosts()
	}
	next := *old
	next.Type = o.kind()
	if err := auth.Conflict(*old, next); err != nil {
		return hosts{}, err
	}
	o.takeOver(*old)
	h, err := o.hosts()
	if err != nil || old.Type == session.ServiceAccount {
		return h, err
	}
	next.Issuer, next.API = h.auth, h.api
	if err := auth.Conflict(*old, next); err != nil {
		return hosts{}, err
	}
	fmt.Fprintf(o.deps.ErrOut, "Signing in again: session %s, at %s.\n", output.Text(old.Name), output.Text(h.auth))
	return h, nil
}
