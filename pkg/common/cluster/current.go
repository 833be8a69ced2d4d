package cluster

import (
	"fmt"
	"strings"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// withoutCurrent returns an error if the kubeconfig has contexts, but neither it
// nor a flag says which to use; clientcmd takes such a one for an empty one. It
// returns nil for any other.
func (f *Flags) withoutCurrent(loader clientcmd.ClientConfig) error {
	raw, err := loader.RawConfig()
	if err != nil || len(raw.Contexts) == 0 || raw.CurrentContext != "" || f.overrides.CurrentContext != "" {
		return nil //nolint:nilerr // the caller reports a kubeconfig that cannot be loaded
	}
	files := strings.Join(f.rules.GetLoadingPrecedence(), ", ")
	return failure.With(failure.BadInput, fmt.Errorf("no current context: %s has %s but no current-context", files, contexts(len(raw.Contexts))),
		"name one with --context NAME, or kubectl config use-context NAME; kubectl config get-contexts lists them")
}

func contexts(n int) string {
	if n == 1 {
		return "1 context"
	}
	return fmt.Sprintf("%d contexts", n)
}
