package cmd

import (
	"bytes"
	"fmt"
	"os"
	"runtime"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// ownHome tells whether the home that sessions are in is the user's choice: the
// Kubernetes client that asks would find the same one. A kubeconfig sets the
// variables of its helper, and not those of the client.
func (d Dependencies) ownHome() bool {
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", d.Parent))
	if err != nil {
		return false
	}
	theirs, errTheirs := store.Locate(func(name string) string { return lookUp(environ, name) }, runtime.GOOS)
	ours, errOurs := store.Locate(d.Getenv, runtime.GOOS)
	return errTheirs == nil && errOurs == nil && theirs == ours
}

// lookUp finds a variable in an environment as the kernel shows it.
func lookUp(environ []byte, name string) string {
	for pair := range bytes.SplitSeq(environ, []byte{0}) {
		if value, found := bytes.CutPrefix(pair, []byte(name+"=")); found {
			return string(value)
		}
	}
	return ""
}
