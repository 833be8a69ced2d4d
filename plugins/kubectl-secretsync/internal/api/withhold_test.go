package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestWithhold: what others say of a write is not shown, what the API server
// says itself is.
func TestWithhold(t *testing.T) {
	const value = "hunter2"
	for message, want := range map[string]string{
		`admission webhook "w.example.com" denied the request: old password was ` + value:                                `admission webhook "w.example.com" denied the request (403 Forbidden)`,
		`secrets "s" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ` + value:              `secrets "s" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request (403 Forbidden)`,
		`admission webhook "w" denied the request: exceeded quota ` + value + ` denied the request`:                      `admission webhook "w" denied the request (403 Forbidden)`,
		`Internal error occurred: failed calling webhook "w": an error on the server ("` + value + `") has prevented it`: `failed calling webhook "w" (403 Forbidden)`,
		`Internal error occurred: illegal base64, bigger context ...|{"data":{"k":"` + value + `"}`:                      `Internal error occurred (403 Forbidden)`,
		`secrets "s" is forbidden: plugin says ` + value:                                                                 `secrets "s" is forbidden (403 Forbidden)`,
		`secrets "s" is forbidden: User "u" cannot create resource "secrets"`:                                            `User "u" cannot create`,
		`secrets "s" is forbidden: exceeded quota: q, requested: count/secrets=1`:                                        `exceeded quota: q`,
		`secrets "s" already exists`:                                          `secrets "s" already exists`,
		`Secret "s" is invalid: type: Invalid value: "x": field is immutable`: `field is immutable`,
	} {
		text, said := withhold(http.MethodPatch, http.StatusForbidden, message)
		if !strings.Contains(text, want) || strings.Contains(text, value) {
			t.Errorf("%q", text)
		}
		if left := strings.Contains(text, withheldWords); left != strings.Contains(message, value) || left != (said == message) {
			t.Errorf("%q of %q", text, said)
		}
	}
	if text, _ := withhold(http.MethodPost, http.StatusBadRequest, "json: cannot read "+value); strings.Contains(text, value) {
		t.Error(text)
	}
	if text, said := withhold(http.MethodGet, http.StatusForbidden, "words"); text != "words" || said != "" {
		t.Error(text, said)
	}
}

// TestWithholdOfAnApply: what the server cannot read of an apply it quotes, values
// included. What it says of its storage quotes nothing.
func TestWithholdOfAnApply(t *testing.T) {
	const value = "hunter2"
	for message, want := range map[string]string{
		`failed to create typed patch object (n/s; /v1, Kind=Secret): .data.k: expected string, got &value.valueUnstructured{Value:"` + value + `"}`: "failed to create typed patch object (500 Internal Server Error)",
		`failed to create typed live object (n/s; /v1, Kind=Secret): .data.k: ` + value:                                                              "failed to create typed live object (500 Internal Server Error)",
		`failed to convert new object (n/s; /v1, Kind=Secret) to smd typed: ` + value:                                                                "failed to convert new object (500 Internal Server Error)",
		`illegal base64 data in "` + value + `"`:                                                                                                     "the server has an error (500 Internal Server Error)",
		`etcdserver: request is too large`:                                                                                                           "etcdserver: request is too large",
		`etcdserver: leader changed`:                                                                                                                 "etcdserver: leader changed",
	} {
		text, said := withhold(http.MethodPatch, http.StatusInternalServerError, message)
		if !strings.HasPrefix(text, want) || strings.Contains(text, value) || (said == message) != strings.Contains(message, value) {
			t.Errorf("%q of %q", text, said)
		}
	}
}
