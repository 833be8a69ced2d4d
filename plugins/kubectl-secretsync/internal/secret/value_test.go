package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestValuesPrintRedacted: no verb, no encoder and no nesting shows a value.
func TestValuesPrintRedacted(t *testing.T) {
	const hidden = "hunter2-hunter2"
	value := NewValue([]byte(hidden))
	fingerprint := NewFingerprinter().Of([]byte(hidden))
	whole := Secret{Data: map[string]Value{"k": value}}
	content, err := Spec{}.Content(whole, Origin{}, Stamp{}, NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	for _, thing := range []any{value, &value, fingerprint, &fingerprint, whole, &whole, []Value{value}, content, *content, map[string]any{"x": value}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%t"} {
			text := fmt.Sprintf(verb, thing)
			for _, form := range []string{hidden, "aHVudGVyMi", "68756e74657232", "104 117 110"} {
				if strings.Contains(text, form) {
					t.Errorf("%s of %T shows %s", verb, thing, text)
				}
			}
		}
		if text, err := json.Marshal(thing); err == nil && strings.Contains(string(text), "aHVudGVyMi") {
			t.Errorf("JSON of %T shows %s", thing, text)
		}
	}
}

// TestFingerprints are equal for equal values, in one run only.
func TestFingerprints(t *testing.T) {
	one, other := NewFingerprinter(), NewFingerprinter()
	again := one.Of([]byte("a"))
	if one.Of([]byte("a")) != again || one.Of([]byte("a")) == one.Of([]byte("b")) || one.Of([]byte("a")) == other.Of([]byte("a")) {
		t.Error("fingerprints")
	}
}

func TestScrubber(t *testing.T) {
	var s Scrubber
	s.Add(map[string]Value{"a": NewValue([]byte("hunter2\nline\"two\"")), "short": NewValue([]byte("abc")), "n": NewValue([]byte("with newline\n"))})
	for text, want := range map[string]string{
		"webhook says hunter2\nline\"two\"!":      "webhook says [redacted]!",
		`object {"a":"aHVudGVyMgpsaW5lInR3byI="}`: `object {"a":"[redacted]"}`,
		`quoted "hunter2\nline\"two\""`:           `quoted "[redacted]"`,
		"with newline":                            "[redacted]",
		"abc stays, as it is too short":           "abc stays, as it is too short",
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	long := strings.Repeat("0123456789abcdef", 4096)
	pem := "-----BEGIN-----\nMIIBVgIBADANBgkqhkiG9w0B\nAQEFAASCAUAwggE8AgEAAkEA\n-----END-----\n"
	s.Add(map[string]Value{"long": NewValue([]byte(long)), "pem": NewValue([]byte(pem))})
	for _, text := range []string{
		long, long[:5000], long[:200] + "...", "x" + long, base64.StdEncoding.EncodeToString([]byte(long))[:300],
		pem, strings.ReplaceAll(pem, "\n", " "), strings.ReplaceAll(pem, "\n", "\n    "),
	} {
		got := s.Clean("denied: " + text)
		for _, leak := range []string{"0123456789abcdef0123456789abcdef", "MDEyMzQ1Njc4OWFiY2RlZjAx", "MIIBVgIBADANBgkqhkiG9w0B", "AQEFAASCAUAwggE8AgEAAkEA"} {
			if strings.Contains(got, leak) {
				t.Errorf("%.60q leaks %.200q", text, got)
			}
		}
	}
	if got := s.Clean(strings.Repeat("x", 5000)); len(got) > maxMessage+len("…") {
		t.Errorf("%d bytes", len(got))
	}
}
