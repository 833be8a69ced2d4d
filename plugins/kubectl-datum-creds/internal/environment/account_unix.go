//go:build unix

package environment

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// accountHome returns the home folder in the system's user database, empty if
// the user is not there. HOME and USER must not be set.
func accountHome() string {
	account, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil || !filepath.IsAbs(account.HomeDir) {
		return ""
	}
	return account.HomeDir
}

func windowsFolder() string { return "" }

func accountFolders() map[string]string { return nil }
