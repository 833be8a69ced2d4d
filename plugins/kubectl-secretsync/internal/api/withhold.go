package api

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// whose finds the part of a message that the API server itself has written: who
// has denied a request, or that something failed. What follows are others'
// words, or quote the object.
var whose = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)^.*?(?:denied (?:the )?request|internal error occurred(?:: failed calling webhook "[^"]*")?|failed (?:calling|to call) webhook "[^"]*"|an error on the server)`)
})

// own are the server's words for a denial of its own, behind "is forbidden: ".
func own(words string) bool {
	for _, start := range []string{`User "`, "exceeded quota", "failed quota", "unable to create new content", "unable to delete"} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}

const withheldWords = "its words are withheld, as they may quote values"

// withhold leaves out of the answer to a write what an admission policy, a
// webhook or a decoder says: they see the old object and the new one, and may
// quote parts of either. said is the whole message where something is left out.
func withhold(method string, code int, message string) (text, said string) {
	if method == http.MethodGet {
		return message, ""
	}
	known := whose().FindString(message)
	if known == "" {
		before, words, found := strings.Cut(message, "is forbidden: ")
		switch {
		case found && !own(words):
			known = before + "is forbidden"
		case code == http.StatusBadRequest:
			known = "the server cannot read the request"
		default:
			return message, ""
		}
	}
	return fmt.Sprintf("%s (%d %s); %s", known, code, http.StatusText(code), withheldWords), message
}
