package environment

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// HomeProven reports whether the user chose where sessions are kept: it is the
// account's usual place, or the calling program would look there too. A
// kubeconfig sets variables of its credential plugin only.
func (e *Environment) HomeProven() bool {
	if !e.reduced || e.handed {
		return true
	}
	home := e.Home()
	if !home.Known() {
		return home.Err() == nil // nothing is kept anywhere
	}
	usual, err := store.Locate(e.usual, e.goos)
	if err == nil && usual == home {
		return true
	}
	theirs, err := store.Locate(e.ofParent, e.goos)
	return err == nil && theirs == home
}

// usual are the variables of an account without any choice.
func (e *Environment) usual(name string) string {
	if name == "HOME" || name == "LocalAppData" {
		return e.account
	}
	return ""
}

func (e *Environment) ofParent(name string) string {
	value, _ := e.parent(name)
	return value
}

// Bus returns the address of the session bus that a variable names, if the user
// chose it: empty if the calling program has another value or none.
func (e *Environment) Bus() string { return e.proven(busVariable) }

// proven returns a variable if the calling program has the same value.
func (e *Environment) proven(name string) string {
	value := e.Get(name)
	if !e.reduced || e.handed {
		return value
	}
	if theirs, known := e.parent(name); !known || theirs != value {
		return ""
	}
	return value
}
