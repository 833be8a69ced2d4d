package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/signin"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// mayAsk reports whether there is a user who can be asked. A client says so where
// the kubeconfig's interactiveMode is not Never, and is not believed by itself:
// client-go looks at standard input only, and others at less. A session of a
// home that the kubeconfig has named is not signed in to: its auth host could be
// anybody's, and relay the code of a login elsewhere.
func (o *getTokenOptions) mayAsk(asked execcred.Request) bool {
	switch {
	case o.silent || !o.deps.userIsThere():
		return false
	case asked.Asked:
		return asked.Interactive && o.deps.Environment.HomeProven()
	}
	return true
}

// mended reports whether a login would remove the failure.
func mended(handle auth.Handle, failed error) bool {
	return handle.Session.Type == session.User && handle.Place != nil &&
		failure.CodeOf(failed) == failure.LoginNeeded && !errors.Is(failed, vault.ErrPassphrase)
}

// signIn signs the user in to the session again: as the same person, at the
// session's own hosts, once for all processes that ask.
func (o *getTokenOptions) signIn(ctx context.Context, handle auth.Handle, why error) (store.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, signin.Patience, fmt.Errorf("nobody signed in within %s", signin.Patience))
	defer cancel()
	deps := o.deps
	// Without PATH and DISPLAY no browser can be found, and a kubeconfig must not
	// choose one.
	deps.OpenBrowser = nil
	deps.notify(why.Error())
	login := &loginOptions{deps: deps, name: handle.Session.Name, given: func(string) bool { return false }}
	return renew.SignIn{
		Place: *handle.Place, Do: login.inPlace, Login: session.LoginCommand(login.name), Notify: deps.notify, Now: deps.Now,
	}.Token(ctx)
}

// whileWanted returns a context that ends when the client that asked is gone:
// killed, it cannot end its helper, which would go on asking on its terminal.
// Windows does not tell.
func (d Dependencies) whileWanted(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for os.Getppid() == d.Parent {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
		}
		stop()
	}()
	return ctx, stop
}

// inPlace signs in to the session that is there, and changes nothing else.
func (o *loginOptions) inPlace(ctx context.Context) error {
	if err := o.opensOld(ctx); err != nil {
		return err
	}
	hosts, err := o.again()
	if err != nil {
		return err
	}
	handle, err := o.user(ctx, hosts)
	if err == nil {
		o.deps.notify("Signed in: session " + handle.Session.Name + ".")
	}
	return err
}

// opensOld refuses a passphrase that does not open what is there: a kubeconfig
// sets the variables of its helper, and would choose what the new refresh token
// is sealed under. A login by the user may change it.
func (o *loginOptions) opensOld(ctx context.Context) error {
	handle, err := o.deps.Auth().Named(o.name)
	if err != nil {
		return err
	}
	return handle.Unlocks(ctx)
}
