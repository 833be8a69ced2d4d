package cluster

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// loginHint says how to come by a new credential. The arguments of an exec
// credential plugin are not shown: there are some with a secret in them.
func (t Target) loginHint() string {
	if t.Config.ExecProvider == nil {
		return "log in again, or have the credential in the kubeconfig renewed"
	}
	return fmt.Sprintf("log in again with the tool behind %s, which the kubeconfig runs for credentials", t.execName())
}

func (t Target) execName() string { return filepath.Base(t.Config.ExecProvider.Command) }

// execErrors begins what client-go says of an exec credential plugin; it gives
// the text alone (plugin/pkg/client/auth/exec, v0.37).
const execErrors = "getting credentials: "

func (t Target) execFailed(err error) bool {
	return t.Config.ExecProvider != nil && strings.HasPrefix(err.Error(), execErrors)
}

// explainExec explains an exec credential plugin that gave no credential. One
// that ran and failed most often wants a login; one that could not be run, or
// was not understood, is no matter of logins.
func (t Target) explainExec(err error) (code failure.Code, hint string, explained error) {
	// Where client-go adds how to install a plugin, it takes many lines for it.
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), execErrors), "\n")
	explained = fmt.Errorf("no credential: %s", text)
	switch {
	case strings.Contains(text, " failed with exit code "):
		return failure.LoginNeeded, t.loginHint(), explained
	case strings.HasSuffix(text, " not found"):
		return failure.Unable, t.installHint(), explained
	default:
		return failure.Unable, "kubectl version shows whether it fails there too", explained
	}
}

// installHint is that of the kubeconfig where it has one.
func (t Target) installHint() string {
	given, _, _ := strings.Cut(strings.TrimSpace(t.Config.ExecProvider.InstallHint), "\n")
	if given != "" {
		return given
	}
	return fmt.Sprintf("install %s, which the kubeconfig runs for credentials, where PATH finds it", t.execName())
}
