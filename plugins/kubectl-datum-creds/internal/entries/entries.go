// Package entries makes the kubeconfig entries of control planes and sessions.
package entries

import (
	"encoding/base64"
	"path"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
)

// Command is what kubeconfigs call: a bare name, which stays the same through
// updates and can be on kuberc's list of allowed plugins.
const Command = "kubectl-datum_creds"

// installHint is what kubectl says when the command is missing.
const installHint = "kubectl-datum_creds is not on PATH. Install it with: kubectl krew install datum-creds"

// Cluster is an API server.
type Cluster struct {
	Server string `yaml:"server" json:"server"`
	CAData string `yaml:"certificate-authority-data,omitempty" json:"certificate-authority-data,omitempty"`
	// Rest is what the user has added: a proxy, extensions.
	Rest map[string]any `yaml:",inline" json:"-"`
}

// NewCluster returns the cluster of a URL, with the certificates that vouch
// for it; nil: the system's.
func NewCluster(server string, bundle []byte) Cluster {
	return Cluster{Server: server, CAData: base64.StdEncoding.EncodeToString(bundle)}
}

// User is how to sign in. Only exec entries are made and looked into.
type User struct {
	Exec *Exec `yaml:"exec,omitempty" json:"exec,omitempty"`
}

// Exec is a call of a credential helper.
type Exec struct {
	APIVersion         string   `yaml:"apiVersion" json:"apiVersion"`
	Command            string   `yaml:"command" json:"command"`
	Args               []string `yaml:"args" json:"args"`
	InstallHint        string   `yaml:"installHint,omitempty" json:"installHint,omitempty"`
	InteractiveMode    string   `yaml:"interactiveMode" json:"interactiveMode"`
	ProvideClusterInfo bool     `yaml:"provideClusterInfo" json:"provideClusterInfo"`
}

// InteractiveModes are the values of interactiveMode.
func InteractiveModes() []string { return []string{"Never", "IfAvailable", "Always"} }

// defaultMode lets get-token never ask: a terminal does not mean that somebody
// looks at it.
const defaultMode = "Never"

// NewUser returns a user that calls get-token with the arguments. The mode ""
// is Never.
func NewUser(mode string, args ...string) User {
	if mode == "" {
		mode = defaultMode
	}
	return User{Exec: &Exec{
		APIVersion: execcred.V1, Command: Command, Args: append([]string{"get-token"}, args...),
		InstallHint: installHint, InteractiveMode: mode, ProvideClusterInfo: true,
	}}
}

// OfSession returns the user of a session.
func OfSession(name, mode string) User { return NewUser(mode, "--session", name) }

// UserName is the name of a session's user entry: one for each session.
func UserName(session string) string { return "datum-creds:" + session }

// Session returns the session that a user entry of ours names.
func (u User) Session() string {
	if u.Exec == nil || program(u.Exec.Command) != Command {
		return ""
	}
	return flag(u.Exec.Args, "--session")
}

// Datumctl reports whether datumctl made the entry, and which of its sessions it
// names; empty: whichever is active.
func (u User) Datumctl() (session string, is bool) {
	if u.Exec == nil || program(u.Exec.Command) != "datumctl" {
		return "", false
	}
	args := u.Exec.Args
	if len(args) < 2 || args[0] != "auth" || args[1] != "get-token" {
		return "", false
	}
	return flag(args, "--session"), true
}

func program(command string) string {
	name := path.Base(strings.ReplaceAll(command, `\`, "/"))
	return strings.TrimSuffix(name, ".exe")
}

func flag(args []string, name string) string {
	for i, arg := range args {
		if value, found := strings.CutPrefix(arg, name+"="); found {
			return value
		}
		if arg == name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// Context is a cluster with a user.
type Context struct {
	Cluster   string `yaml:"cluster" json:"cluster"`
	User      string `yaml:"user" json:"user"`
	Namespace string `yaml:"namespace,omitempty" json:"namespace,omitempty"`
	// Rest is what others have added: extensions.
	Rest map[string]any `yaml:",inline" json:"-"`
}
