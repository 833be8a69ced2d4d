package environment

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// variable is one that get-token may use.
type variable struct {
	name string
	// on lists operating systems by GOOS; none means all.
	on []string
	// check returns why a value makes no sense; nil: any value does.
	check func(value string) error
	// proven variables count only if the calling program has the same value.
	proven bool
	// exported variables are set again for the libraries that read them.
	exported bool
}

// busVariable names the session bus, on systems that have one.
const busVariable = "DBUS_SESSION_BUS_ADDRESS"

// variables is the allow-list. Everything else is dropped, in particular what
// libraries would read: PATH (os/exec), GODEBUG (internal/godebug), TZ and
// ZONEINFO (time), RES_OPTIONS, LOCALDOMAIN and HOSTALIASES (net), TMPDIR, USER,
// DISPLAY, BROWSER, SSH_*.
func variables() []variable {
	unix := []string{"linux", "freebsd", "openbsd", "netbsd"} // without macOS
	return []variable{
		{name: execcred.Variable},
		{name: credential.FileVariable},
		{name: "DATUM_CREDENTIALS"},
		{name: "DATUM_SA_CREDENTIALS"},
		{name: sealed.FileVariable},
		{name: sealed.Variable},
		{name: "CI"},
		{name: "TERM", check: word, exported: true},
		{name: "NO_COLOR", check: word, exported: true},
		// Offices need them. A foreign proxy gets a CONNECT with the name of the auth
		// host, and neither a token nor a way into TLS.
		{name: "HTTPS_PROXY", check: proxy, exported: true},
		{name: "https_proxy", check: proxy, exported: true},
		{name: "NO_PROXY", check: printable, exported: true},
		{name: "no_proxy", check: printable, exported: true},
		// These say where secrets are; see proof.go.
		{name: store.Variable},
		{name: "HOME", on: append([]string{"darwin"}, unix...)},
		{name: "XDG_STATE_HOME", on: unix},
		{name: busVariable, on: unix, proven: true},
		// crypto/x509 reads them, and not on macOS and Windows. Whoever chose them
		// chose who can read what the auth host is told.
		{name: "SSL_CERT_FILE", on: unix, check: absolute, proven: true, exported: true},
		{name: "SSL_CERT_DIR", on: unix, proven: true, exported: true},
	}
}

// allowed returns the variables on the list, and an error for the first with a
// value that makes no sense.
func allowed(goos string, original map[string]string) (map[string]string, error) {
	kept := map[string]string{}
	var failed error
	for _, v := range variables() {
		name := canonical(goos, v.name)
		value := original[name]
		if value == "" || (len(v.on) > 0 && !slices.Contains(v.on, goos)) {
			continue
		}
		if v.check != nil {
			if err := v.check(value); err != nil {
				if failed == nil {
					failed = failure.New(failure.BadInput, "", "%s: %w", v.name, err)
				}
				continue
			}
		}
		kept[name] = value
	}
	return kept, failed
}

// proxy accepts what net/http does: a URL, or host:port.
func proxy(value string) error {
	schemes := []string{"http", "https", "socks5", "socks5h"}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) || strings.ContainsFunc(value, unprintable) {
		return fmt.Errorf("want the URL of a proxy with one of the schemes %s", strings.Join(schemes, ", "))
	}
	return nil
}

func printable(value string) error {
	if strings.ContainsFunc(value, unprintable) {
		return errors.New("want printable characters")
	}
	return nil
}

func unprintable(r rune) bool { return r <= ' ' || r > '~' }

func absolute(value string) error {
	if !strings.HasPrefix(value, "/") {
		return errors.New("want an absolute path")
	}
	return nil
}

// word accepts names of terminals and the like.
func word(value string) error {
	if len(value) > 64 {
		return errors.New("want at most 64 characters")
	}
	return printable(value)
}
