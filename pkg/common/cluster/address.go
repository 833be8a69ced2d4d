package cluster

import (
	"net/url"
	"regexp"
	"sync"

	"k8s.io/client-go/rest"
)

// url returns the server's address without user and password, nil where it
// cannot be read as one.
func (t Target) url() *url.URL {
	server, _, err := rest.DefaultServerUrlFor(t.Config)
	if err != nil {
		return nil
	}
	server.User = nil
	return server
}

// address is the server's address for messages.
func (t Target) address() string {
	if server := t.url(); server != nil {
		return server.String()
	}
	return withoutPassword(t.Config.Host)
}

// userInfo is what stands before the last @ of an address. A password may hold
// any character, and an address that has an odd one cannot be parsed.
// In quotes it goes as far as these, else as far as the word.
var userInfo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`("[^"\s]*://)[^"]*@|(://)[^\s"]*@`) })

func withoutPassword(text string) string { return userInfo().ReplaceAllString(text, "$1$2") }

// passwordless is an error without the user and password of any address in its
// text.
type passwordless struct{ error }

func withoutPasswords(err error) error { return passwordless{err} }

func (e passwordless) Error() string { return withoutPassword(e.error.Error()) }

func (e passwordless) Unwrap() error { return e.error }
