package doctor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

// home checks the folder that sessions are kept in.
func (p Patient) home() []Finding {
	const check = "home"
	home := p.Auth.Home
	if !home.Known() {
		return []Finding{warn(check, "set HOME or "+store.Variable, "there is no place to keep sessions: tokens of keys are minted anew each time")}
	}
	err := private.CheckDir(home.Dir())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{ok(check, "%s is not there yet", home.Dir())}
	case errors.Is(err, private.ErrUnsafe):
		return []Finding{bad(check, "make it yours alone, or remove it", "%v", err)}
	case err != nil:
		return []Finding{bad(check, "", "%v", err)}
	}
	probe, err := os.CreateTemp(home.Dir(), ".doctor-*")
	if err != nil {
		return []Finding{bad(check, "make it writable: sessions cannot be renewed", "%v", err)}
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	return []Finding{ok(check, "%s is yours alone and can be written", home.Dir())}
}

// environment checks variables that change what commands do.
func (p Patient) environment() []Finding {
	var all []Finding
	key, named, err := credential.FromEnvironment(p.Getenv)
	switch {
	case err != nil:
		all = append(all, bad("environment", "", "%v", err))
	case named:
		if account, err := keyfile.ParseAccount(key.Content); err != nil {
			all = append(all, bad("environment", "", "%v", keyfile.Explain(key, err)))
		} else {
			all = append(all, ok("environment", "%s is the key of %s: it is used where no --session is named", key.Source, account.Email))
		}
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"} {
		if p.Getenv(name) != "" {
			all = append(all, ok("proxy", "%s is set: requests to auth hosts follow it", name))
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if p.Getenv(name) != "" {
			all = append(all, warn("TLS", "log in with --ca-file instead", "%s is set, and does not count when a kubeconfig asks", name))
		}
	}
	return all
}

// command checks that kubeconfigs find this very program.
func (p Patient) command() []Finding {
	const check = "command"
	found, err := p.LookPath(entries.Command)
	if err != nil {
		return []Finding{bad(check, "kubectl krew install datum-creds, or put the binary on PATH as "+entries.Command, "%s is not on PATH: kubectl cannot call it", entries.Command)}
	}
	if same(found, p.Self) {
		return []Finding{ok(check, "%s is %s", entries.Command, found)}
	}
	return []Finding{warn(check, "remove the one that is old", "%s on PATH is %s, and this is %s", entries.Command, found, p.Self)}
}

func same(a, b string) bool {
	first, err := filepath.EvalSymlinks(a)
	if err != nil {
		return false
	}
	second, err := filepath.EvalSymlinks(b)
	return err == nil && first == second
}
