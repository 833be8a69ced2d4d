// Package address shows a server's URL without the secrets that it may hold.
// It links the standard library only, so that every plugin can use it.
package address

import (
	"net/url"
	"strings"
)

// The texts that stand for a URL of which no part is shown.
const (
	// Malformed stands for a text that is not the URL of a server.
	Malformed = "(malformed server URL)"
	// Ambiguous stands for a URL with an @ behind its host. A password with an
	// unescaped / ? or # looks like that: its beginning is then taken for the port.
	Ambiguous = "(server URL with an @ behind its host)"
)

// Address is what may be shown of a server's URL: scheme://host[:port]/path,
// Malformed or Ambiguous. User info, query and fragment are not part of it, so
// that no verb, encoder or debugger can show them. Addresses can be compared.
// The zero Address is that of no server, and shows as nothing.
type Address struct{ text string }

// Parse returns the address of the server that a kubeconfig, a flag or an error
// names. A text without a scheme is a host:port, as for client-go
// (rest.DefaultServerURL, v0.37).
func Parse(server string) Address {
	if server == "" {
		return Address{}
	}
	u, err := url.Parse(server)
	if err == nil && u.Scheme != "" && u.Host != "" {
		return Of(u)
	}
	u, err = url.Parse("//" + server)
	if err != nil || u.Path != "" && u.Path != "/" {
		return Address{Malformed}
	}
	return Of(u)
}

// Of returns the address of a parsed URL; nil has a malformed one.
func Of(u *url.URL) Address {
	switch {
	case u == nil || u.Host == "" || !known(u.Scheme):
		return Address{Malformed}
	case strings.HasSuffix(u.Host, ":") && strings.HasPrefix(u.Path, "//"):
		return Address{Malformed} // https://https://…: the path is a URL itself
	case strings.Contains(u.EscapedPath()+u.RawQuery+u.EscapedFragment(), "@"):
		return Address{Ambiguous}
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return Address{strings.TrimPrefix(shown.String(), "//")}
}

// known reports whether servers and proxies have the scheme. Any other could be
// the user name of a text that is not a URL.
func known(scheme string) bool {
	switch scheme {
	case "", "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}

// String returns what may be shown.
func (a Address) String() string { return a.text }

// MarshalText returns what may be shown, for JSON and YAML.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.text), nil }

// UnmarshalText reads what MarshalText wrote. Any other text is parsed.
func (a *Address) UnmarshalText(text []byte) error {
	if *a = Parse(string(text)); string(text) == Ambiguous {
		a.text = Ambiguous
	}
	return nil
}

// Shown reports whether the address names a server.
func (a Address) Shown() bool { return a.text != "" && a.text != Malformed && a.text != Ambiguous }
