package address

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Redact returns a text of an error or a file with each URL in it replaced by
// its address. URLs without user info, query and fragment stay as they are. A
// text without :// is not taken for a URL: it could be a user's name, jane@x.
//
// What the URL parser says of a URL that it cannot parse is dropped to the end
// of its line, for it quotes pieces of that URL (net/url, "invalid port").
func Redact(text string) string { return urls().ReplaceAllStringFunc(text, redacted) }

// urls matches an error of url.Parse with all that follows it, a text in Go's
// quotes, and a URL without quotes.
var urls = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`parse "(?:[^"\\]|\\.)*": .*|"(?:[^"\\]|\\.)*"|[A-Za-z][A-Za-z0-9+.-]*://\S*`)
})

func redacted(match string) string {
	switch {
	case strings.HasPrefix(match, `parse "`):
		return Malformed
	case !strings.Contains(match, "://"):
		return match
	case !strings.HasPrefix(match, `"`):
		url := strings.TrimRight(match, `.,:;)]}"'`)
		return one(url) + match[len(url):]
	}
	content, err := strconv.Unquote(match)
	if err != nil {
		content = match[1 : len(match)-1]
	}
	if inside := quoted(content); inside != content {
		return strconv.Quote(inside)
	}
	return match
}

// quoted returns what may be shown of a text that stands in quotes. One that
// begins as a URL is one to its end, spaces and all.
func quoted(content string) string {
	trimmed := strings.TrimSpace(content)
	if scheme, _, _ := strings.Cut(trimmed, "://"); !strings.ContainsFunc(scheme, outsideScheme) {
		return one(content)
	}
	return Redact(content)
}

// outsideScheme reports whether no scheme has the rune (RFC 3986, 3.1).
func outsideScheme(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+-.", r)
}

// one returns what may be shown of a URL.
func one(text string) string {
	if _, err := url.Parse(text); err == nil && !strings.ContainsAny(text, "@?#") {
		return text
	}
	return Parse(text).String()
}

// RedactError returns the error with the text that Redact makes of its own; nil
// stays nil. The error itself can still be unwrapped, to find out what it is.
func RedactError(err error) error {
	if err == nil {
		return nil
	}
	return redactedError{Redact(err.Error()), err}
}

type redactedError struct {
	text string
	err  error
}

func (e redactedError) Error() string { return e.text }

func (e redactedError) Unwrap() error { return e.err }

// GoString keeps %#v from showing the error within.
func (e redactedError) GoString() string { return strconv.Quote(e.text) }
