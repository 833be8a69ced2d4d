// Package checkout finds the working copy that the development tools run in.
package checkout

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Root returns the top folder of the checkout that holds dir ("" for the
// current folder), with symbolic links resolved, so that the same checkout
// always has the same name.
func Root(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		if isRoot(at) {
			return filepath.EvalSymlinks(at)
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is not inside a checkout of kubectl-plugins", start)
		}
	}
}

// isRoot knows the top folder by what these tools need in it: the workspace
// and the modules that pin the servers.
func isRoot(dir string) bool {
	for _, name := range []string{"go.work", "hack/controlplane/kubernetes/go.mod"} {
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, os.ErrNotExist) {
			return false
		}
	}
	return true
}
