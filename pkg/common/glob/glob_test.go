package glob

import (
	"regexp"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true},
		{"a", "ab", false},
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "anything/at:all", true},
		{"prod-*", "prod-1", true},
		{"prod-*", "pro", false},
		{"*-eu", "prod-eu", true},
		{"*-eu", "prod-us", false},
		{"a*b*c", "a--b--c", true},
		{"a*b*c", "acb", false},
		{"a*a", "a", false},
		{"arn:*:cluster/*", "arn:aws:eks:eu-west-1:1:cluster/prod", true},
		{"a?[b]", "axb", false},
		{"a?[b]", "a?[b]", true},
		{"**", "x", true},
		{"a**b", "ab", true},
	} {
		if got := Match(c.pattern, c.name); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

// FuzzMatch compares it with the regular expression that means the same.
func FuzzMatch(f *testing.F) {
	f.Add("a*b*c", "aXbYc")
	f.Add("*", "")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		parts := strings.Split(pattern, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		same, err := regexp.Compile(`(?s)\A` + strings.Join(parts, ".*") + `\z`)
		if err != nil || !strings.Contains(pattern, "*") && pattern != name {
			return
		}
		if strings.ToValidUTF8(pattern, "") != pattern || strings.ToValidUTF8(name, "") != name {
			return
		}
		if want, got := same.MatchString(name), Match(pattern, name); got != want {
			t.Errorf("Match(%q, %q) = %v", pattern, name, got)
		}
	})
}
