//go:build !linux

package cmd

// ownHome tells whether the home that sessions are in is the user's choice, as
// far as that can be known here: a kubeconfig can still set HOME.
func (d Dependencies) ownHome() bool { return !d.Auth().Moved() }
