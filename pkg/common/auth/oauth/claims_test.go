package oauth

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

func TestReadClaims(t *testing.T) {
	jwt := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	for name, c := range map[string]struct {
		token string
		want  Claims
		ok    bool
	}{
		"all":              {jwt(`{"iss":"https://auth.test","sub":"u","aud":["a","b"]}`), Claims{"https://auth.test", "u", []string{"a", "b"}}, true},
		"one audience":     {jwt(`{"sub":"u","aud":"a"}`), Claims{"", "u", []string{"a"}}, true},
		"nothing":          {jwt(`{}`), Claims{}, true},
		"subject a number": {jwt(`{"sub":1}`), Claims{}, false},
		"no object":        {jwt(`[]`), Claims{}, false},
		"opaque":           {"opaque", Claims{}, false},
		"encrypted":        {"a.b.c.d.e", Claims{}, false},
		"no base64":        {"a.!.c", Claims{}, false},
		"empty":            {"", Claims{}, false},
	} {
		got, ok := ReadClaims(secret.New(c.token))
		if ok != c.ok || (ok && (got.Issuer != c.want.Issuer || got.Subject != c.want.Subject || !slices.Equal(got.Audience, c.want.Audience))) {
			t.Errorf("%s: %+v, %v, want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

func TestShown(t *testing.T) {
	token := secret.New("a-refresh-token-of-tests")
	for text, want := range map[string]string{
		"user-1":                              "user-1",
		"x " + token.Reveal():                 "x [redacted]",
		strings.ToUpper(token.Reveal()[2:12]): withheld,
		"a\nb":                                "a b",
	} {
		if got := Shown(text, token, secret.Text{}); got != want {
			t.Errorf("Shown(%q) = %q, want %q", text, got, want)
		}
	}
}
