package linediff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"same":    {"a\n", "a\n", ""},
		"changed": {"a\nb\nc\n", "a\nx\nc\n", "@@ -2,1 +2,1 @@\n-b\n+x\n"},
		"two":     {"a\nb\nc\nd\n", "x\na\nb\nd\n", "@@ -1,0 +1,1 @@\n+x\n@@ -3,1 +4,0 @@\n-c\n"},
		"new":     {"", "a\nb\n", "@@ -1,0 +1,2 @@\n+a\n+b\n"},
		"control": {"", "\x1b[2J\n", "@@ -1,0 +1,1 @@\n+\\x1b[2J\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := Write(&out, "f", []byte(c.before), []byte(c.after)); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(out.String(), "--- f\n+++ f\n"); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestHunksMakeTheNewText(t *testing.T) {
	line := func() string { return string(rune('a' + rand.IntN(4))) }
	for range 500 {
		var a, b []string
		for range rand.IntN(12) {
			a = append(a, line())
		}
		for range rand.IntN(12) {
			b = append(b, line())
		}
		var got []string
		at := 0
		for _, h := range hunks(a, b) {
			got = append(append(got, a[at:h.oldAt]...), b[h.newAt:h.newTo]...)
			at = h.oldTo
		}
		got = append(got, a[at:]...)
		if strings.Join(got, "") != strings.Join(b, "") {
			t.Fatalf("%v to %v: %v by %v", a, b, got, hunks(a, b))
		}
	}
}
