package address

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
)

// FuzzParse: an address never holds user info, a query or a fragment, whatever
// the text is, and its own address is itself.
func FuzzParse(f *testing.F) {
	for _, server := range []string{"https://u:p@x:1/a?b#c", "u:p@x", "https://u:1/p@x", "https://[::1%25a]/", "https:u@x", "//u:p@x", "HTTPS://x/%zz", "https://x/ é", "\x00"} {
		f.Add(server)
	}
	f.Fuzz(func(t *testing.T, server string) {
		shown := Parse(server)
		if !shown.Shown() {
			return
		}
		if strings.ContainsAny(shown.String(), "@?#\n\x1b") {
			t.Errorf("%q shows as %q", server, shown)
		}
		if again := Parse(shown.String()); again != shown {
			t.Errorf("%q shows as %q, and that as %q", server, shown, again)
		}
	})
}

// FuzzSecret puts a secret where URLs have one, written as it is and escaped.
// It is in no address, and in no error that quotes the URL.
func FuzzSecret(f *testing.F) {
	for _, password := range []string{marker, "p@ss/w0rd", "1/2", "a b", "a\nb", `a"b`, "a%zz", "a#b?c", "://", "[", `\"`, "é", `a"00#0`} {
		f.Add(password)
	}
	f.Fuzz(func(t *testing.T, password string) {
		secret := marker + password + marker
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret), url.UserPassword("u", secret).String()} {
			for _, server := range []string{
				"https://u:" + form + "@x:1/a", "https://" + form + "@x", "u:" + form + "@x", "https://x?" + form, "https://x/#" + form,
				"https://u:" + form + "@x:bad", "https://u:" + form + "@x/%zz", "https://u:" + form + "@x\n", " https://u:" + form + "@x", "HTTPS://u:" + form + "@[::1]:1",
			} {
				checkSecret(t, server)
			}
		}
	})
}

func checkSecret(t *testing.T, server string) {
	t.Helper()
	texts := []string{Parse(server).String()}
	u, err := url.Parse(server)
	switch {
	case err != nil && strings.Contains(server, "://"):
		texts = append(texts, RedactError(fmt.Errorf("proxy %q: %w", server, err)).Error(), Redact(fmt.Sprintf("server %q is wrong", server)))
	case err == nil && Of(u).Shown():
		u.RawQuery = "" // client-go drops it (rest.NewRESTClient, v0.37)
		texts = append(texts, Redact(fmt.Sprintf("server %q is wrong", server)), Redact(fmt.Sprintf("300 while accessing %s: no", u)),
			RedactError(&url.Error{Op: "Get", URL: u.Redacted(), Err: io.EOF}).Error())
	}
	for _, text := range texts {
		if strings.Contains(text, marker) {
			t.Errorf("%q shows in %q", server, text)
		}
	}
}
