package environment

import (
	"cmp"
	"maps"
	"os"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// exported returns the variables that are set again in this process, for
// libraries. No secret is among them.
func (e *Environment) exported() map[string]string {
	set := map[string]string{}
	for _, v := range variables() {
		if v.exported {
			set[v.name] = e.value(v)
		}
	}
	maps.Copy(set, e.system())
	maps.DeleteFunc(set, func(_, value string) bool { return value == "" })
	return set
}

// value is what a variable on the list counts for.
func (e *Environment) value(v variable) string {
	if v.proven {
		return e.proven(v.name)
	}
	return e.Get(v.name)
}

// system returns variables that programs and libraries of the operating system
// need, with values that no kubeconfig chooses.
func (e *Environment) system() map[string]string {
	switch e.goos {
	case "windows":
		// Winsock loads its provider from there (golang/go#25513).
		return map[string]string{"SystemRoot": windowsFolder()}
	case "darwin":
		// /usr/bin/security finds the login keychain by it.
		return map[string]string{"HOME": e.account}
	}
	return nil
}

// Renewal returns the variables of the process that renews a session below home.
func (e *Environment) Renewal(home store.Home) []string {
	if !e.reduced {
		return sealed.WithoutPassphrase(os.Environ())
	}
	set := e.exported()
	set[store.Variable] = home.Dir()
	set[busVariable] = e.Bus()
	return pairs(set)
}

// Programs returns the variables of other programs that give tokens.
func (e *Environment) Programs() []string {
	if !e.reduced {
		return os.Environ()
	}
	set := e.exported()
	set["PATH"] = systemPath(e.goos)
	set[busVariable] = e.Bus()
	maps.Copy(set, e.folders())
	return pairs(set)
}

// folders returns the variables that name the user's folders to programs.
func (e *Environment) folders() map[string]string {
	if e.goos == "windows" {
		return accountFolders()
	}
	return map[string]string{"HOME": cmp.Or(e.proven("HOME"), e.account)}
}

// systemPath is where the operating system's own programs are.
func systemPath(goos string) string {
	if goos == "windows" {
		folder := windowsFolder()
		return folder + `\System32;` + folder
	}
	return "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
}

func pairs(set map[string]string) []string {
	all := make([]string, 0, len(set))
	for name, value := range set {
		if value != "" {
			all = append(all, name+"="+value)
		}
	}
	return all
}
