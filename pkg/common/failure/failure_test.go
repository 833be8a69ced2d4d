package failure

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	inner := New(LoginNeeded, "log in", "session %s: %w", "s", errors.New("ended"))
	for _, c := range []struct {
		name, text, hint string
		err              error
		code             Code
	}{
		{"without a code", "boom", "", errors.New("boom"), Unable},
		{"with one", "session s: ended", "log in", inner, LoginNeeded},
		{"wrapped", "get: session s: ended", "log in", fmt.Errorf("get: %w", inner), LoginNeeded},
		{"the outermost counts", "session s: ended", "", With(SomeFailed, inner, ""), SomeFailed},
		{"bad input", "x", "", Input(errors.New("x")), BadInput},
		{"bad input by default", "x", "", DefaultInput(errors.New("x")), BadInput},
		{"not over a code", "session s: ended", "log in", DefaultInput(inner), LoginNeeded},
		{"silent", "", "", Silent(Found), Found},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Of(c.err)
			if got.Code != c.code || got.Hint != c.hint || c.err.Error() != c.text || CodeOf(c.err) != c.code {
				t.Errorf("Of = %v %q of %q, want %v %q of %q", got.Code, got.Hint, c.err, c.code, c.hint, c.text)
			}
		})
	}
	if CodeOf(nil) != OK || DefaultInput(nil) != nil {
		t.Error("nil is no failure")
	}
}

func TestCodeText(t *testing.T) {
	for code := range words() {
		text, err := json.Marshal(code)
		var back Code
		if err != nil || json.Unmarshal(text, &back) != nil || back != code {
			t.Errorf("%d: %s, %v, read as %d", code, text, err, back)
		}
	}
	var unknown Code
	if err := json.Unmarshal([]byte(`"of-tomorrow"`), &unknown); err != nil || unknown != Unable {
		t.Errorf("an unknown word: %v, %v", unknown, err)
	}
	if got := Code(42).String(); got != "exit-42" {
		t.Errorf("String = %q", got)
	}
}
