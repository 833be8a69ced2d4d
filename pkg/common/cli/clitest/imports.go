// Package clitest holds what the tests of several plugins check alike.
package clitest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// ForbidImports fails where the package in the current folder links one of the
// forbidden packages or anything below it. What a binary links is paid for at
// each of its starts.
func ForbidImports(t *testing.T, forbidden ...string) {
	t.Helper()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := strings.Fields(string(list))
	if !slices.Contains(linked, "github.com/spf13/cobra") {
		t.Fatalf("go list names %d packages, but not cobra: not the package that was meant", len(linked))
	}
	for _, path := range linked {
		for _, prefix := range forbidden {
			if path == prefix || strings.HasPrefix(path, prefix+"/") {
				t.Errorf("the binary links %s", path)
			}
		}
	}
}
