package session

import (
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/shell"
)

// LoginCommand is the command that signs in to a session, for hints. A name
// that no session can have is left out.
func LoginCommand(name string) string {
	const login = "kubectl datum-creds login"
	if ValidateName(name) != nil {
		return login
	}
	return login + " --name " + shell.Quote(name)
}

// trustCommand is the command that lets a server have a session's tokens;
// empty for a host that is none: somebody made it up to be pasted.
func trustCommand(name, host string) string {
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.:-[]") != "" {
		return ""
	}
	return "kubectl datum-creds trust --session " + shell.Quote(name) + " " + shell.Quote("https://"+host)
}
