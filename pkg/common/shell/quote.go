// Package shell quotes text for the command lines that hints show.
package shell

import (
	"runtime"
	"strings"
)

// Quote makes any text one word of a command line that a hint shows, by the
// rules of POSIX shells (XCU 2.2.2: within single quotes all but the single
// quote stands for itself). Names and hosts come from a kubeconfig, and who
// pastes a hint must not run what they say.
func Quote(text string) string { return quote(text, runtime.GOOS) }

func quote(text, goos string) string {
	if goos == "windows" { // whose shells agree on no way to quote
		if plain(text) {
			return text
		}
		return "NAME"
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// plain reports whether no shell finds anything in the text.
func plain(text string) bool {
	return text != "" && strings.Trim(text[:1], "-@") != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._@:/", r)
	})
}
