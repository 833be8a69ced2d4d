package address

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

func TestParse(t *testing.T) {
	for server, want := range map[string]string{
		"":                                  "",
		"https://x":                         "https://x",
		"https://x:6443/a/b/":               "https://x:6443/a/b/",
		"https://x/a%2Fb%40c":               "https://x/a%2Fb%40c",
		"HTTPS://u:p@X:1":                   "https://X:1",
		"https://u:p@x:1/a":                 "https://x:1/a",
		"https://u@x":                       "https://x",
		"https://:p@x":                      "https://x",
		"https://u:p%40%3a%2F@x":            "https://x",
		"https://u:p@q@x":                   "https://x",
		"https://u:p@[::1]:6443":            "https://[::1]:6443",
		"https://u:p@[fe80::1%25en0]:6443":  "https://[fe80::1%25en0]:6443",
		"https://x?token=p":                 "https://x",
		"https://x/?":                       "https://x/",
		"https://x/a#p":                     "https://x/a",
		"socks5://u:p@x:1080":               "socks5://x:1080",
		"x":                                 "x",
		"x:1":                               "x:1",
		"u:p@x:1":                           "x:1",
		"u:p@x?p":                           "x",
		"https:u:p@x":                       "x",
		"https://u:p@x:bad":                 Malformed,
		"https://u:p@x:%zz":                 Malformed,
		"https://u:p@x/%zz":                 Malformed,
		"https://u:p p@x":                   Malformed,
		"https://u:p\n@x":                   Malformed,
		"https://u:p@x\x7f":                 Malformed,
		" https://u:p@x":                    Malformed,
		"https://u:p/p@x":                   Malformed,
		"https://u:p":                       Malformed,
		"https://":                          Malformed,
		"https:///p":                        Malformed,
		"p://u@x":                           Malformed,
		"x/p":                               Malformed,
		"https://https://u:p":               Malformed,
		"https://x//a":                      "https://x//a",
		"https://u:12/p@x":                  Ambiguous,
		"https://u:12?p@x":                  Ambiguous,
		"https://u:12#p@x":                  Ambiguous,
		"https://u:p@12/p@x":                Ambiguous,
		"https://x/clusters/jane%40x/admin": "https://x/clusters/jane%40x/admin",
	} {
		if got := Parse(server); got.String() != want || got.Shown() != (want != "" && want[0] != '(') {
			t.Errorf("Parse(%q) = %s, want %s", server, got, want)
		}
	}
	if got := Of(nil); got.String() != Malformed {
		t.Errorf("Of(nil) = %s", got)
	}
}

// marker is a password that nothing else is made of.
const marker = "hunter2"

// holders are the forms that an address is printed in.
func holders(a Address) []any {
	type inner struct{ Server Address }
	return []any{a, &a, inner{a}, &inner{a}, []Address{a}, map[Address]Address{a: a}, fmt.Errorf("server %s", a)}
}

// TestNoVerbShowsASecret: nor does an encoder.
func TestNoVerbShowsASecret(t *testing.T) {
	for _, server := range []string{
		"https://" + marker + ":" + marker + "@x:1/p?" + marker + "#" + marker, "https://u:" + marker + "@x:bad", "https://u:1/" + marker + "@x", marker + "@x",
	} {
		for _, held := range holders(Parse(server)) {
			for _, verb := range strings.Fields("%s %v %+v %#v %q %x %d %T %p") {
				if text := fmt.Sprintf(verb, held); leaks(text) {
					t.Errorf("%s of %T: %s", verb, held, text)
				}
			}
			for name, marshal := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "YAML": yaml.Marshal, "Kubernetes' YAML": sigsyaml.Marshal} {
				if text, err := marshal(held); err != nil || leaks(string(text)) {
					t.Errorf("%s of %T: %s, %v", name, held, text, err)
				}
			}
		}
	}
	for _, server := range []string{"", "https://x/a", "https://u:p@x:bad", "https://u:1/p@x"} {
		var again Address
		text, err := json.Marshal(Parse(server))
		if err = errors.Join(err, json.Unmarshal(text, &again)); err != nil || again != Parse(server) {
			t.Errorf("%s is read as %s, %v", text, again, err)
		}
	}
	text, err := json.Marshal(map[Address]Address{Parse("https://u:p@x"): Parse("https://u:p@y")})
	if err != nil || string(text) != `{"https://x":"https://y"}` {
		t.Errorf("JSON: %s, %v", text, err)
	}
}

// leaks reports whether a text holds the marker, as it is or in hexadecimal.
func leaks(text string) bool {
	return strings.Contains(text, marker) || strings.Contains(text, fmt.Sprintf("%x", marker))
}

// TestRedact: what libraries say of a URL. Other words stay to the byte.
func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"no such host":                                                     "no such host",
		`no Kustomization "a@b" in "c"`:                                    `no Kustomization "a@b" in "c"`,
		`see https://x/docs: "a", (b)`:                                     `see https://x/docs: "a", (b)`,
		`Get "https://u:***@x/a?b=c": EOF`:                                 `Get "https://x/a": EOF`,
		`500 while accessing https://u:p@x/a?b=c: oops`:                    `500 while accessing https://x/a: oops`,
		`(https://u:p@x)`:                                                  `(https://x)`,
		`parse "https://u:p/q@x": invalid port ":p" after host`:            Malformed,
		`z: parse "https://u:\"p@x": net/url: invalid userinfo` + "\nnext": "z: " + Malformed + "\nnext",
		`failed to parse Location header "https://u:p q@x": parse "https://u:p q@x": invalid`: `failed to parse Location header "` + Malformed + `": ` + Malformed,
		`invalid proxy "http://u:p q@x", "ok"`:                                                `invalid proxy "` + Malformed + `", "ok"`,
		`invalid proxy "http://u:p\"q@x", "ok"`:                                               `invalid proxy "` + Malformed + `", "ok"`,
		`"see https://u:p@x for more"`:                                                        `"see https://x for more"`,
		`"https://u:p@x`:                                                                      `"https://x`,
	} {
		if got := Redact(text); got != want {
			t.Errorf("Redact(%s)\n= %s\nwant %s", text, got, want)
		}
	}
}

func TestRedactError(t *testing.T) {
	cause := errors.New("refused")
	err := RedactError(fmt.Errorf("list: %w", &url.Error{Op: "Get", URL: "https://u:" + marker + "@x", Err: cause}))
	var request *url.Error
	if !errors.Is(err, cause) || !errors.As(err, &request) {
		t.Errorf("%v is not what it was", err)
	}
	for _, verb := range strings.Fields("%s %v %+v %#v %q") {
		if text := fmt.Sprintf(verb, err); leaks(text) || !strings.Contains(text, "refused") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	if RedactError(nil) != nil {
		t.Error("nil is an error")
	}
}
