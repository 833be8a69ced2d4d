// Package fast answers get-token from the store when the kept token is fresh:
// without network, lock, keyring or command line parser. Whatever is not as
// plain as that it leaves to the command, which also finds the words for it.
package fast

import (
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/served"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Answer writes the ExecCredential to out and returns true, or writes nothing
// and returns false.
func Answer(args []string, getenv func(string) string, now time.Time, out io.Writer) bool {
	q, plain := parse(args)
	if !plain {
		return false
	}
	home, err := store.Locate(getenv, runtime.GOOS)
	if err != nil {
		return false
	}
	info := getenv(execcred.Variable)
	asked, err := execcred.Parse(info)
	if err != nil {
		return false
	}
	if info == "" {
		asked = execcred.Unnamed() // a person at a terminal is left to the command
	}
	place, found := q.place(home, getenv)
	if !found {
		return false
	}
	return answer(place, asked, asker(args, info), now, out)
}

func answer(place store.Place, asked execcred.Request, by served.Asker, now time.Time, out io.Writer) bool {
	s, err := place.Session()
	if err != nil || s.Trust.Check(s.Name, asked) != nil {
		return false
	}
	token, err := place.Token()
	if err != nil || !token.Fresh(now) {
		return false
	}
	if asked.Asked && by.Had(place.Home(), token.Access) {
		return false // a server refused it, or so it seems
	}
	content, err := asked.Answer(token.Access, token.Deadline())
	if err != nil {
		return false
	}
	if asked.Asked {
		by.Note(place.Home(), token.Access)
	}
	_, err = out.Write(content)
	return err == nil
}

// asker is who asks for what, in the words that the command uses too.
func asker(args []string, info string) served.Asker {
	return served.By(os.Getppid(), append([]string{info}, args...)...)
}

// question is what the arguments ask for.
type question struct{ session, credentials string }

// parse reads the arguments of the plain case: get-token with --session,
// --credentials and -o exec. plain is false for anything else.
func parse(args []string) (q question, plain bool) {
	if len(args) == 0 || args[0] != "get-token" {
		return q, false
	}
	for i := 1; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if !joined && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch name {
		case "--session":
			q.session = value
		case "--credentials":
			q.credentials = value
		case "-o", "--output":
			if value != "exec" {
				return q, false
			}
		default:
			return q, false
		}
		if value == "" || value == "-" {
			return q, false
		}
	}
	return q, q.session == "" || q.credentials == ""
}

// place finds where the token is kept, in the order of auth.Choice.
func (q question) place(home store.Home, getenv func(string) string) (store.Place, bool) {
	if q.session != "" {
		return home.Session(q.session), true
	}
	key, named, err := credential.FromEnvironment(getenv)
	if q.credentials != "" {
		named = true
		key, err = credential.FromFile(q.credentials)
	}
	if named {
		return home.Credential([]byte(key.Content.Reveal())), err == nil
	}
	name, err := home.Current()
	return home.Session(name), err == nil && name != ""
}
