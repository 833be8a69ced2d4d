package auth

import (
	"runtime"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// checkHelper tells why a session's program is not to be run. A kubeconfig sets
// the variables of its helper: one that moves the home could bring a session of
// its own, with any program, out of an archive that the user unpacked.
func (e Environment) checkHelper(s session.Session) error {
	if !e.Moved() {
		return nil
	}
	return problem.New(problem.Refused, "keep sessions of datumctl in the usual place: leave "+store.Variable+" unset",
		"session %s: a Kubernetes client asks, and %s names where the session is: its program %s is not run", s.Name, store.Variable, s.Helper)
}

// Moved tells that a Kubernetes client asks, and a variable names another home
// than the usual one: the sessions there may be of whoever wrote the
// kubeconfig.
func (e Environment) Moved() bool {
	if e.Getenv(execcred.Variable) == "" || e.Getenv(store.Variable) == "" {
		return false
	}
	moved, errMoved := store.Locate(e.Getenv, runtime.GOOS)
	usual, errUsual := store.Locate(func(name string) string {
		if name == store.Variable {
			return ""
		}
		return e.Getenv(name)
	}, runtime.GOOS)
	return errMoved != nil || errUsual != nil || moved != usual
}
