package signin

import (
	"context"
	"os"
	"os/exec"
	"runtime"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
)

// OpenBrowser opens a URL in the user's browser. What the opener prints goes
// nowhere: standard output is the command's.
func OpenBrowser(ctx context.Context, address string) error {
	args := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "darwin":
		args[0] = "open"
	case "windows":
		args = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...)
	cmd.Env = sealed.WithoutPassphrase(os.Environ())
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // some openers stay until the browser ends
	return nil
}
