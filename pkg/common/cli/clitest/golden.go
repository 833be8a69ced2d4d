package clitest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Golden fails if the lines differ from those of a file, and names each line
// that does. With -update it writes the file; `make generate` does not, because
// somebody has to decide first.
func Golden(t *testing.T, file string, lines []string) {
	t.Helper()
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	golden := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	for _, line := range lines {
		if !slices.Contains(golden, line) {
			t.Errorf("new: %s", line)
		}
	}
	for _, line := range golden {
		if !slices.Contains(lines, line) {
			t.Errorf("gone: %s", line)
		}
	}
	if t.Failed() {
		t.Logf("if that is right: go test -run '^%s$' . -update", t.Name())
	}
}
