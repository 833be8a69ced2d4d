package auth

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// unproven is the refusal to use something for a home that a kubeconfig may
// have named.
func (e Environment) unproven(what string) error {
	return failure.New(failure.Refused,
		"set "+store.Variable+", HOME or XDG_STATE_HOME for the program that reads the kubeconfig, and not in the kubeconfig",
		"%s is not used: the kubeconfig may have chosen the folder of the sessions, %s, which is neither this account's own nor that of the calling program", what, e.Home.Dir())
}

// keptOnly answers from an unproven home: with a fresh token that is kept
// there, or not at all.
func (h Handle) keptOnly(want renew.Want) (store.Token, error) {
	kept, err := h.Kept()
	if err == nil && want.Accepts(kept, h.env.Now()) {
		return kept, nil
	}
	return store.Token{}, h.env.unproven("session " + h.Session.Name)
}
