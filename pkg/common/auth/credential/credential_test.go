package credential

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func keyFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFromEnvironment(t *testing.T) {
	file := keyFile(t, "in the file")
	for name, c := range map[string]struct {
		vars            map[string]string
		content, source string
		found           bool
		kind            failure.Code
	}{
		"none":             {nil, "", "", false, failure.OK},
		"a file":           {map[string]string{FileVariable: file}, "in the file", "the file " + file, true, failure.OK},
		"a file first":     {map[string]string{FileVariable: file, "DATUM_CREDENTIALS": "x"}, "in the file", "the file " + file, true, failure.OK},
		"no file":          {map[string]string{FileVariable: file + "x", "DATUM_CREDENTIALS": "x"}, "", "", true, failure.BadInput},
		"a key":            {map[string]string{"DATUM_CREDENTIALS": "x", "DATUM_SA_CREDENTIALS": "y"}, "x", "the variable DATUM_CREDENTIALS", true, failure.OK},
		"by the other one": {map[string]string{"DATUM_SA_CREDENTIALS": "y"}, "y", "the variable DATUM_SA_CREDENTIALS", true, failure.OK},
	} {
		t.Run(name, func(t *testing.T) {
			got, found, err := FromEnvironment(func(k string) string { return c.vars[k] })
			if got.Content.Reveal() != c.content || got.Source != c.source || found != c.found {
				t.Errorf("FromEnvironment = %q of %q, %v", got.Content.Reveal(), got.Source, found)
			}
			if (err == nil) != (c.kind == failure.OK) || err != nil && failure.CodeOf(err) != c.kind {
				t.Errorf("FromEnvironment = %v", err)
			}
		})
	}
}

func TestFilesThatAreNone(t *testing.T) {
	large := keyFile(t, strings.Repeat("x", 2<<20))
	for name, c := range map[string]struct{ path, says string }{
		"a folder": {t.TempDir(), "not a plain file"}, "too large": {large, "larger than"}, "missing": {"/no/such", "key file"},
	} {
		if _, err := FromFile(c.path); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: FromFile = %v", name, err)
		}
	}
}

func TestFromReader(t *testing.T) {
	if got, err := FromReader(strings.NewReader("a key")); err != nil || got.Content.Reveal() != "a key" || got.Source != "standard input" {
		t.Errorf("FromReader = %v of %q", err, got.Source)
	}
	if _, err := FromReader(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("FromReader = %v", err)
	}
}
