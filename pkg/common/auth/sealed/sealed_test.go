package sealed

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func newKey(t testing.TB) Key {
	t.Helper()
	key, err := NewKey(secret.New("correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sealedBox(t testing.TB, key Key) (Box, []byte) {
	t.Helper()
	content, err := key.Seal("a", secret.New("a-refresh-token"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	return b, content
}

func TestABoxOpensWithItsPassphraseOnly(t *testing.T) {
	b, _ := sealedBox(t, newKey(t))
	for passphrase, opens := range map[string]bool{"correct horse battery": true, "correct horse batterz": false, "": false} {
		key, err := b.Key(secret.New(passphrase))
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Open(key, "a")
		if opens && (err != nil || got.Reveal() != "a-refresh-token") {
			t.Errorf("Open = %v", err)
		}
		if !opens && (!errors.Is(err, ErrWrong) || !got.Empty()) {
			t.Errorf("Open with %q = %v", passphrase, err)
		}
	}
}

// TestABoxIsBoundToWhatItSays: with the right key, but another session, other
// parameters, or other content, none opens.
func TestABoxIsBoundToWhatItSays(t *testing.T) {
	key := newKey(t)
	for name, change := range map[string]func(*Box) string{
		"session":    func(*Box) string { return "b" },
		"iterations": func(b *Box) string { b.Iterations++; return "a" },
		"salt":       func(b *Box) string { b.Salt[0]++; return "a" },
		"version":    func(b *Box) string { b.Version++; return "a" },
		"nonce":      func(b *Box) string { b.Content[0]++; return "a" },
		"content":    func(b *Box) string { b.Content[20]++; return "a" },
		"tag":        func(b *Box) string { b.Content[len(b.Content)-1]++; return "a" },
		"cut":        func(b *Box) string { b.Content = b.Content[:10]; return "a" },
		"empty":      func(b *Box) string { b.Content = nil; return "a" },
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := sealedBox(t, key)
			if _, err := b.Open(key, change(&b)); !errors.Is(err, ErrWrong) {
				t.Errorf("Open = %v, want ErrWrong", err)
			}
		})
	}
}

func TestEachBoxIsAnother(t *testing.T) {
	key := newKey(t)
	one, _ := sealedBox(t, key)
	two, _ := sealedBox(t, key)
	if string(one.Content) == string(two.Content) {
		t.Error("two boxes of one secret are the same: the nonce is used twice")
	}
	if other := newKey(t); string(other.salt) == string(key.salt) {
		t.Error("two keys have one salt")
	}
}

func TestParse(t *testing.T) {
	_, content := sealedBox(t, newKey(t))
	change := func(field string, value any) string {
		var all map[string]any
		if err := json.Unmarshal(content, &all); err != nil {
			t.Fatal(err)
		}
		all[field] = value
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, text := range map[string]string{
		"empty": "", "text": "secret", "array": "[]", "no fields": "{}",
		"version": change("version", 2), "kdf": change("kdf", "none"), "cipher": change("cipher", "rot13"),
		"cheap": change("iterations", 1), "dear": change("iterations", maxIterations+1), "negative": change("iterations", -600000),
		"huge": change("iterations", 1e30), "no salt": change("salt", ""), "long salt": change("salt", strings.Repeat("QUFB", 1000)),
	} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Parse = %v, want ErrDamaged", name, err)
		}
	}
	if _, err := Parse([]byte(change("iterations", maxIterations))); err != nil {
		t.Errorf("the most iterations: %v", err)
	}
}

func TestNewPassphrasesAreLong(t *testing.T) {
	if _, err := NewKey(secret.New("elevenbytes")); !errors.Is(err, ErrShort) {
		t.Errorf("NewKey = %v", err)
	}
}

func TestFromEnvironment(t *testing.T) {
	file := func(mode os.FileMode, content string) string {
		path := filepath.Join(t.TempDir(), "passphrase")
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		env   map[string]string
		want  string
		found bool
		kind  failure.Code
	}{
		"none":          {nil, "", false, failure.OK},
		"variable":      {map[string]string{Variable: "words \n"}, "words \n", true, failure.OK},
		"file":          {map[string]string{FileVariable: file(0o600, " words \r\n")}, " words ", true, failure.OK},
		"file first":    {map[string]string{FileVariable: file(0o600, "a"), Variable: "b"}, "a", true, failure.OK},
		"open file":     {map[string]string{FileVariable: file(0o644, "a"), Variable: "b"}, "", true, failure.Refused},
		"missing file":  {map[string]string{FileVariable: "/no/such"}, "", true, failure.BadInput},
		"a folder":      {map[string]string{FileVariable: t.TempDir()}, "", true, failure.BadInput},
		"empty content": {map[string]string{Variable: ""}, "", false, failure.OK},
	} {
		t.Run(name, func(t *testing.T) {
			got, found, err := FromEnvironment(func(k string) string { return c.env[k] })
			if got.Reveal() != c.want || found != c.found || (err == nil) != (c.kind == failure.OK) || (err != nil && failure.CodeOf(err) != c.kind) {
				t.Errorf("FromEnvironment = %q, %v, %v", got.Reveal(), found, err)
			}
		})
	}
}

func TestWithoutPassphrase(t *testing.T) {
	// Windows knows variables by any case.
	got := strings.Join(WithoutPassphrase([]string{"A=1", Variable + "=secret", strings.ToLower(Variable) + "=secret", FileVariable + "=/x"}), " ")
	if got != "A=1 "+FileVariable+"=/x" {
		t.Errorf("WithoutPassphrase = %s", got)
	}
}

func FuzzParse(f *testing.F) {
	key := newKey(f)
	_, content := sealedBox(f, key)
	f.Add(content)
	f.Add([]byte(`{"version":1,"kdf":"pbkdf2-hmac-sha256","iterations":600000,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","cipher":"aes-256-gcm","content":"AA=="}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		b, err := Parse(content)
		if err != nil {
			return
		}
		if b.Iterations < iterations || b.Iterations > maxIterations || len(b.Salt) != saltSize {
			t.Fatalf("%d iterations and a salt of %d bytes passed", b.Iterations, len(b.Salt))
		}
		if text, err := b.Open(b.Given(key.Secret()), "b"); err == nil {
			t.Fatalf("a box of another session opens: %d bytes", len(text.Reveal()))
		}
	})
}
