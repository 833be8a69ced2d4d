package shell

import (
	"os/exec"
	"strings"
	"testing"
)

// FuzzQuote lets a real shell read the word: it is the text again, and one.
func FuzzQuote(f *testing.F) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no sh to read what is quoted: ", err)
	}
	for _, text := range []string{
		"", "s", "o'brien@example.com@api.datum.net", "'", "''", `\`, `\'`, "x' --hostname auth.evil.test --client-id 'y",
		"x'; touch evil; '", "$(touch evil)", "`touch evil`", "$HOME", "a\nb", "-n", "!!", "*", "~", "\xff", "é\u3000",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) {
			return // no argument holds one
		}
		out, err := exec.Command(shell, "-c", "set -- "+quote(text, "linux")+`; printf '%s:%s' "$#" "$1"`).Output()
		if err != nil || string(out) != "1:"+text {
			t.Errorf("sh reads %q as %q, %v", text, out, err)
		}
	})
}

func TestQuoteOnWindows(t *testing.T) {
	for text, want := range map[string]string{
		"jane@example.com@api.datum.net": "jane@example.com@api.datum.net", "https://api.datum.net:6443": "https://api.datum.net:6443",
		"": "NAME", "-x": "NAME", "@x": "NAME", "o'brien": "NAME", "a&b": "NAME", "a b": "NAME", "%PATH%": "NAME", "é": "NAME",
	} {
		if got := quote(text, "windows"); got != want {
			t.Errorf("quote(%q) = %s, want %s", text, got, want)
		}
	}
}
