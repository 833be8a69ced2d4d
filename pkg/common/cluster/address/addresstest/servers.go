// Package addresstest has server URLs that hold a password, for the tests of
// every plugin that none of it is printed.
package addresstest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Password is a secret that occurs in no text by chance.
type Password string

// NewPassword returns a new one.
func NewPassword() Password { return Password(rand.Text()) }

// escaped returns the password with each of its bytes percent-encoded.
func (p Password) escaped() string {
	var b strings.Builder
	for _, c := range []byte(p) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Valid returns URLs of the server at host, which is HOST:PORT, by the place
// that they have the password in. Clients reach the server with all of them.
func (p Password) Valid(host string) map[string]string {
	return map[string]string{
		"both":       "https://user:" + string(p) + "@" + host,
		"user":       "https://" + string(p) + "@" + host,
		"password":   "https://:" + string(p) + "@" + host,
		"escaped":    "https://user:" + p.escaped() + "@" + host,
		"odd":        "https://user:%2F%3F%23%40" + string(p) + "@" + host,
		"query":      "https://" + host + "?token=" + string(p),
		"path-query": "https://" + host + "/?token=" + string(p),
		"fragment":   "https://" + host + "#" + string(p),
		"upper-case": "HTTPS://user:" + string(p) + "@" + host,
		"no-scheme":  "user:" + string(p) + "@" + host,
	}
}

// Unreachable returns URLs that can be parsed, and of which no server answers.
func (p Password) Unreachable() map[string]string {
	return map[string]string{
		"refused":      "https://user:" + string(p) + "@127.0.0.1:1",
		"refused-ipv6": "https://user:" + string(p) + "@[::1]:1",
		"no-name":      "https://user:" + string(p) + "@nowhere.invalid",
		"no-protocol":  "ftp://user:" + string(p) + "@127.0.0.1:1",
		"slash":        "https://user:1/" + string(p) + "@127.0.0.1:1",
		"question":     "https://user:1?" + string(p) + "@127.0.0.1:1",
		"path":         "https://user:1/x?" + string(p) + "@127.0.0.1:1",
	}
}

// Malformed returns texts that cannot be parsed as URLs.
func (p Password) Malformed() map[string]string {
	return map[string]string{
		"port":       "https://user:" + string(p) + "@127.0.0.1:bad",
		"port-first": "https://user:" + string(p) + "/x@127.0.0.1",
		"escape":     "https://user:" + string(p) + "@127.0.0.1:1/%zz",
		"host":       "https://user:" + string(p) + "@%zz",
		"space":      "https://user:a " + string(p) + "@127.0.0.1:1",
		"leading":    " https://user:" + string(p) + "@127.0.0.1:1",
		"newline":    "https://user:" + string(p) + "@127.0.0.1:1\n",
		"within":     "https://user:a\n" + string(p) + "@127.0.0.1:1",
		"control":    "https://user:" + string(p) + "\x7f@127.0.0.1:1",
		"quote":      `https://user:"` + string(p) + "@127.0.0.1:1",
		"bracket":    "https://user:" + string(p) + "@[::1",
		"no-at":      "https://user:" + string(p),
		"no-host":    "https:///" + string(p),
	}
}

// In returns the form in which a text holds the password, or a half of it;
// empty where it does not.
func (p Password) In(text string) string {
	half := len(p) / 2
	forms := []string{p.escaped(), url.QueryEscape(p.escaped()), base64.StdEncoding.EncodeToString([]byte("user:" + p)), fmt.Sprintf("%x", string(p))}
	for _, part := range []string{string(p[:half]), string(p[half:])} {
		forms = append(forms, part, strings.ToLower(part))
	}
	at := slices.IndexFunc(forms, func(form string) bool { return strings.Contains(text, form) })
	if at < 0 {
		return ""
	}
	return forms[at]
}
