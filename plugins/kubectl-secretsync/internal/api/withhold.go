package api

import (
	"cmp"
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

// applyFailed finds what the API server writes itself of an apply that it cannot
// carry out; behind it stands the object, values included (k8s.io/apiserver v0.36,
// pkg/endpoints/handlers/fieldmanager and k8s.io/apimachinery/pkg/util/managedfields).
var applyFailed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^failed to (?:create typed (?:patch|new|live|old) object|(?:convert|update) (?:new|live|patch)? ?object|create managed fields|apply object|decode managed fields|encode managed fields|create fieldset)`)
})

// storage are the beginnings of what the server says of its storage: that never
// quotes an object.
func storage(words string) bool {
	for _, start := range []string{"etcdserver: ", "rpc error: ", "context deadline exceeded", "the server answers "} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}

// tooLarge is what storage says of an object that it will never take.
func tooLarge(words string) bool {
	return strings.Contains(words, "request is too large") || strings.Contains(words, "ResourceExhausted")
}

// unreasoned reports whether the server gives a 500 no reason, and that it is no fault of
// its storage that passes: it cannot read what it was sent.
func unreasoned(said status) bool {
	return said.Kind == "Status" && said.Reason == "" && (!storage(said.Message) || tooLarge(said.Message))
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
		case code == http.StatusInternalServerError && !storage(message):
			known = cmp.Or(applyFailed().FindString(message), "the server has an error")
		default:
			return message, ""
		}
	}
	return fmt.Sprintf("%s (%d %s); %s", known, code, http.StatusText(code), withheldWords), message
}
