package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// setUpCompletion installs for a plugin of which this test binary is the program.
func setUpCompletion(t *testing.T, change func(*installation)) (o *installation, link string, err error) {
	t.Helper()
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	folder := t.TempDir()
	o = &installation{streams: streams, binary: "kubectl-x", dir: folder, symlink: os.Symlink}
	plugin := filepath.Join(folder, "kubectl-x")
	if err := os.WriteFile(plugin, []byte("#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(o)
	}
	link, err = o.place(plugin, folder)
	if left, _ := filepath.Glob(filepath.Join(folder, ".kubectl_complete-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return o, link, err
}

func TestInstallLinks(t *testing.T) {
	o, link, err := setUpCompletion(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		target, err := os.Readlink(link)
		if err != nil || target != filepath.Join(o.dir, "kubectl-x") || filepath.Base(link) != "kubectl_complete-x" {
			t.Fatalf("%s → %s, %v", link, target, err)
		}
		if _, err := o.place(target, o.dir); err != nil {
			t.Fatal(err)
		}
	}
	// A link to an older version of the plugin is ours as well.
	if _, err := o.place("/elsewhere/v2/kubectl-x", o.dir); err != nil {
		t.Error(err)
	}
}

// TestInstallRefuses: a file of somebody else's stays, whatever it is.
func TestInstallRefuses(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a program":      func(path string) error { return os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700) },
		"another's link": func(path string) error { return os.Symlink("/bin/true", path) },
		"a folder":       func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			foreign := func(o *installation) {
				if err := put(filepath.Join(o.dir, "kubectl_complete-x")); err != nil {
					t.Fatal(err)
				}
			}
			o, _, err := setUpCompletion(t, foreign)
			var refused *failure.Error
			if !errors.As(err, &refused) || refused.Code != failure.Refused || !strings.Contains(refused.Hint, "--replace") {
				t.Errorf("%v", err)
			}
			if target, _ := os.Readlink(filepath.Join(o.dir, "kubectl_complete-x")); strings.HasSuffix(target, "kubectl-x") {
				t.Error("it was replaced all the same")
			}
		})
	}
}

func TestInstallReplaces(t *testing.T) {
	_, link, err := setUpCompletion(t, func(o *installation) {
		o.replace = true
		if err := os.WriteFile(filepath.Join(o.dir, "kubectl_complete-x"), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	})
	if target, _ := os.Readlink(link); err != nil || filepath.Base(target) != "kubectl-x" {
		t.Errorf("%s → %s, %v", link, target, err)
	}
}

// TestInstallWithoutLinks: where links cannot be made, a script does it, and
// passes every word on as it is.
func TestInstallWithoutLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell script")
	}
	o, link, err := setUpCompletion(t, func(o *installation) {
		o.symlink = func(string, string) error { return errors.ErrUnsupported }
	})
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), link, "graph", "a b", `"'$x`, "").CombinedOutput()
	if err != nil || string(said) != `<__complete><graph><a b><"'$x><>` {
		t.Errorf("%s, %v", said, err)
	}
	if _, err := o.place("/elsewhere/it's/kubectl-x", o.dir); err != nil {
		t.Errorf("its own script is foreign to it: %v", err)
	}
	text, err := os.ReadFile(link)
	if err != nil || !strings.Contains(string(text), `'/elsewhere/it'\''s/kubectl-x'`) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestInstallCommand runs the command as users do.
func TestInstallCommand(t *testing.T) {
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	dir := t.TempDir()
	code := Main(t.Context(), NewCompletionCommand("kubectl-x", streams), streams, []string{"install", "--dir", dir})
	if code != failure.OK || !strings.Contains(out.String(), "source <(kubectl completion zsh)") || !strings.Contains(errOut.String(), dir+" to it") {
		t.Errorf("code %d, %s, %s", code, out, errOut)
	}
	if _, err := os.Lstat(filepath.Join(dir, "kubectl_complete-x")); err != nil {
		t.Error(err)
	}
	if code := Main(t.Context(), NewCompletionCommand("kubectl-x", streams), streams, []string{"install", "--dir", dir + "/no/such"}); code != failure.Unable {
		t.Errorf("code %d", code)
	}
}

// TestCompletionOfShells: what a shell would source is never help.
func TestCompletionOfShells(t *testing.T) {
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	root := &cobra.Command{Use: "kubectl-x"}
	root.AddCommand(NewCompletionCommand("kubectl-x", streams))
	if code := Main(t.Context(), root, streams, []string{"completion", "bash"}); code != failure.BadInput ||
		out.Len() > 0 || !strings.Contains(errOut.String(), "hint: 'kubectl x completion install'") {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
	}
}
