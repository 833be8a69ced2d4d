// Package environment decides which environment variables get-token uses. A
// kubeconfig sets the variables of its credential plugin, so none of them is
// trusted by itself: variables off the allow-list are dropped, and those that
// say where secrets are count only if the calling program has them too.
package environment

import (
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Environment is the variables that a command may use.
type Environment struct {
	goos string
	// reduced is true for commands that a kubeconfig can run. Otherwise the
	// variables are the process's own, and the user's.
	reduced bool
	// values are the variables on the allow-list.
	values map[string]string
	// original are all variables that the process was started with.
	original map[string]string
	// err is the first variable with a value that makes no sense.
	err error
	// account is the home folder of the account, by the system's user database;
	// empty if there is none.
	account string
	// parent looks up a variable of the program that started this process.
	parent func(name string) (value string, known bool)
	// handed is true for the process that get-token starts to renew a session. Its
	// variables are get-token's choice.
	handed bool
}

// Take returns the environment of this process. If a kubeconfig can run the
// command, it also removes all variables from the process, so that no library
// sees them; Restore puts back those that libraries may use.
func Take(args []string) *Environment {
	e := &Environment{goos: runtime.GOOS, parent: ofParent()}
	if !forClients(args) {
		return e
	}
	e.reduced = true
	e.handed = len(args) > 0 && args[0] == handover.Command
	e.original = split(os.Environ())
	e.values, e.err = allowed(e.goos, e.original)
	os.Clearenv()
	return e
}

// forClients reports whether a kubeconfig can run the command: it names
// get-token anywhere, or a Kubernetes client asks.
func forClients(args []string) bool {
	return os.Getenv(execcred.Variable) != "" || slices.ContainsFunc(args, func(arg string) bool {
		return arg == "get-token" || arg == handover.Command
	})
}

// split makes a map of NAME=value pairs. Names are in upper case on Windows,
// where their case does not count.
func split(environ []string) map[string]string {
	all := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			all[canonical(runtime.GOOS, name)] = value
		}
	}
	return all
}

func canonical(goos, name string) string {
	if goos == "windows" {
		return strings.ToUpper(name)
	}
	return name
}

// Restore looks up the account's home folder and sets the variables again that
// libraries may use. It must be called before anything but the fast path.
func (e *Environment) Restore() {
	if !e.reduced {
		return
	}
	// With HOME and USER set, os/user answers with them for users that are not in
	// /etc/passwd (os/user/lookup_stubs.go, Go 1.26).
	e.account = accountHome()
	for name, value := range e.exported() {
		_ = os.Setenv(name, value) // fails for names only that the list does not have
	}
}

// Reduced reports whether the variables are limited to the allow-list.
func (e *Environment) Reduced() bool { return e.reduced }

// Err returns an error if a variable has a value that makes no sense. Using a
// default instead could bypass a proxy.
func (e *Environment) Err() error { return e.err }

// Get returns the value of a variable, empty if it is not set or not allowed.
func (e *Environment) Get(name string) string {
	if !e.reduced {
		return os.Getenv(name)
	}
	return e.values[canonical(e.goos, name)]
}

// Identity returns any variable that the process was started with. It is for CI
// identities only, whose variables sessions name.
func (e *Environment) Identity(name string) string {
	if !e.reduced {
		return os.Getenv(name)
	}
	return e.original[canonical(e.goos, name)]
}

// Home returns where sessions are kept. An error is also in Home.Err if the
// place was named and makes no sense.
func (e *Environment) Home() store.Home {
	home, _ := store.Locate(e.locating, e.goos)
	return home
}

// locating is Get, but the folder of Windows comes from the system and never
// from a variable.
func (e *Environment) locating(name string) string {
	if e.reduced && e.goos == "windows" && name == "LocalAppData" {
		return e.account
	}
	return e.Get(name)
}
