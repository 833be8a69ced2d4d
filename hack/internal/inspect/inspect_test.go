package inspect_test

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/inspect"
)

// That a good program passes is what `make release-snapshot` shows, 24 times.
func TestProgramSaysWhatIsWrong(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	itself, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	here := inspect.Want{Path: "example.org/tool", OS: runtime.GOOS, Arch: runtime.GOARCH, Commit: "0123"}
	elsewhere := here
	elsewhere.OS, elsewhere.Arch = "plan9", "mips"
	for _, c := range []struct {
		data []byte
		want inspect.Want
		says []string
	}{
		{[]byte("#!/bin/sh\n"), here, []string{"is no program"}},
		{nil, here, []string{"is no program"}},
		{itself[:200], here, []string{"is no program"}},
		{itself, elsewhere, []string{"is a program for " + runtime.GOOS + "/" + runtime.GOARCH + ", want plan9/mips"}},
		{itself, here, []string{`want "example.org/tool"`, `-trimpath="", want "true"`, `vcs.revision="", want "0123"`}},
	} {
		err := inspect.Program(c.data, c.want)
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got: %v\nwant: %s", err, says)
			}
		}
	}
}
