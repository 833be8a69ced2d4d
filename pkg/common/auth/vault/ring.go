package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Ring is a keyring: small texts under names.
type Ring interface {
	Get(name string) (string, error) // ErrNone when there is none
	Set(name, text string) error
	Delete(name string) error // ErrNone when there is none
}

// System is the operating system's keyring: the Secret Service on Linux and BSD,
// the login keychain on macOS, the Credential Manager on Windows. The zero value
// is ready to use.
type System struct {
	// Bus is the value of DBUS_SESSION_BUS_ADDRESS if it is proven to be the
	// user's own, else empty. It is used where systemd-logind has no session bus
	// for the user in /run/user/UID/bus. macOS and Windows ignore it.
	Bus string
	// runtimeDirs is used in the place of /run/user, in tests; empty: /run/user.
	runtimeDirs string
}

// service is the name that our items have in the system's keyring.
const service = "kubectl-datum-creds"

// patience bounds a keyring call: it may wait for a dialog that nobody sees.
const patience = 10 * time.Second

// errSlow means that the outcome of a call is not known.
var errSlow = errors.New("no answer")

// tooSlow is the error of a call that took longer than patience.
func tooSlow() error { return fmt.Errorf("%w within %s; is it locked?", errSlow, patience) }

func unusable(err error) error {
	if err == nil {
		return nil
	}
	return failure.New(failure.Unable, "unlock the keyring, or see: kubectl datum-creds doctor", "the system's keyring: %w", err)
}

// Probe reports whether a keyring works, by writing, reading and removing an
// item of its own.
func Probe(ring Ring) error {
	// A name of its own: two logins at once would remove each other's item.
	name, text := "probe/"+rand.Text()[:8], "works"
	if err := ring.Set(name, text); err != nil {
		return err
	}
	got, err := ring.Get(name)
	if err == nil && got != text {
		err = errors.New("the system's keyring: it returned another text than was stored")
	}
	return errors.Join(err, ring.Delete(name))
}
