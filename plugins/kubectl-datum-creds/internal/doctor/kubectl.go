package doctor

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

// kuberc checks that kubectl's preferences allow the plugin.
func (p Patient) kuberc() []Finding {
	const check = "kuberc"
	text, err := os.ReadFile(p.Kuberc)
	if errors.Is(err, fs.ErrNotExist) {
		return []Finding{ok(check, "there is none: every credential plugin is allowed")}
	}
	if err != nil {
		return []Finding{warn(check, "", "%v", err)}
	}
	var rc struct {
		Policy    string                           `yaml:"credentialPluginPolicy"`
		Allowlist []struct{ Command, Name string } `yaml:"credentialPluginAllowlist"`
	}
	if yaml.Unmarshal(text, &rc) != nil {
		return []Finding{bad(check, "repair "+p.Kuberc, "it is no YAML")}
	}
	const fix = `kubectl kuberc set --section credentialplugin --policy=Allowlist --allowlist-entry="command=` + entries.Command + `"`
	switch rc.Policy {
	case "", "AllowAll":
		return []Finding{ok(check, "every credential plugin is allowed")}
	case "DenyAll":
		return []Finding{bad(check, fix, "no credential plugin is allowed")}
	}
	for _, entry := range rc.Allowlist {
		if p.means(entry.Command) || p.means(entry.Name) {
			return []Finding{ok(check, "%s is on the list of allowed plugins", entries.Command)}
		}
	}
	return []Finding{bad(check, fix, "%s is not on the list of allowed plugins", entries.Command)}
}

// means reports whether an entry is this plugin, as client-go compares them: by
// what both are found as.
func (p Patient) means(entry string) bool {
	if entry == "" {
		return false
	}
	listed, err := p.LookPath(entry)
	if err != nil {
		return false
	}
	ours, err := p.LookPath(entries.Command)
	return err == nil && listed == ours
}

// kubeconfigs checks the entries that call this plugin or datumctl.
func (p Patient) kubeconfigs() []Finding {
	sets, findings := p.read()
	for path, set := range sets {
		for _, name := range set.Names(kubeconfig.Users) {
			findings = append(findings, p.user(path, set, name)...)
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return strings.Compare(a.Check+a.Message, b.Check+b.Message) })
	return findings
}

func (p Patient) user(path string, set kubeconfig.Set, name string) []Finding {
	check := "kubeconfig " + path
	var user entries.User
	if _, err := set.Decode(kubeconfig.Users, name, &user); err != nil || user.Exec == nil {
		return nil // other people's entries are their business
	}
	if _, is := user.Datumctl(); is {
		return []Finding{warn(check, "kubectl datum-creds convert-kubeconfig", "user %s calls datumctl, and is whoever that is", name)}
	}
	named := user.Session()
	if named == "" {
		return nil
	}
	if _, err := p.Auth.Named(named); err != nil {
		return []Finding{bad(check, session.LoginCommand(named), "user %s: %v", name, err)}
	}
	switch {
	case user.Exec.Command != entries.Command:
		return []Finding{warn(check, "kubectl datum-creds update-kubeconfig", "user %s calls %s by a path, which an update may move", name, entries.Command)}
	case !user.Exec.ProvideClusterInfo:
		return []Finding{bad(check, "set provideClusterInfo: true", "user %s does not tell its server, and gets no token", name)}
	}
	return []Finding{ok(check, "user %s is session %s", name, named)}
}
