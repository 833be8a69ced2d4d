package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const hidden = "the-hidden-text"

func TestTextNeverPrints(t *testing.T) {
	type holder struct {
		Token Text
		Ptr   *Text
	}
	text := New(hidden)
	values := []any{text, &text, holder{text, &text}, []Text{text}, map[string]Text{"a": text}, fmt.Errorf("x: %v", text)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10v"} {
		for _, v := range values {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, hidden) || strings.Contains(got, fmt.Sprintf("%x", hidden)) {
				t.Errorf("Sprintf(%s, %T) shows the secret: %s", verb, v, got)
			}
		}
	}
}

func TestTextNeverLogs(t *testing.T) {
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("m", "token", New(hidden), "in", struct{ T Text }{New(hidden)})
	}
	if strings.Contains(out.String(), hidden) {
		t.Errorf("a log shows the secret: %s", out.String())
	}
}

func TestTextIsNotEncoded(t *testing.T) {
	if got, err := json.Marshal(struct{ T Text }{New(hidden)}); err == nil {
		t.Errorf("json.Marshal = %s, want an error", got)
	}
}

func TestReveal(t *testing.T) {
	if New(hidden).Reveal() != hidden || New(hidden).Empty() || !New("").Empty() {
		t.Error("Reveal or Empty is wrong")
	}
}
