package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// completionUser has a home, a plugin and a PATH of their own.
type completionUser struct {
	*completionOptions
	env         map[string]string
	homeDir     string
	out, errOut interface{ String() string }
}

// newCompletionUser puts the plugin into a folder of PATH, named from the home.
func newCompletionUser(t *testing.T, pluginDir string) *completionUser {
	t.Helper()
	home := t.TempDir()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	u := &completionUser{homeDir: home, out: out, errOut: errOut}
	plugin := u.file(t, filepath.Join(pluginDir, "kubectl-x"), "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n")
	u.env = map[string]string{"HOME": home, "USERPROFILE": home, "PATH": filepath.Dir(plugin)}
	u.completionOptions = &completionOptions{
		streams: streams, completer: completer{binary: "kubectl-x", goos: "linux"},
		getenv:     func(name string) string { return u.env[name] },
		executable: func() (string, error) { return plugin, nil },
	}
	return u
}

// file writes a program below the home.
func (u *completionUser) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(u.homeDir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o700)); err != nil {
		t.Fatal(err)
	}
	return path
}

// krew lays out the folders beside a plugin as krew does.
func (u *completionUser) krew(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"receipts", "store"} {
		if err := os.MkdirAll(filepath.Join(u.homeDir, ".krew", dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func (u *completionUser) addToPATH(names ...string) {
	for _, name := range names {
		u.env["PATH"] += string(os.PathListSeparator) + filepath.Join(u.homeDir, name)
	}
}

// TestCompletionGoesWhereKubectlLooks: beside the plugin, but never among krew's.
func TestCompletionGoesWhereKubectlLooks(t *testing.T) {
	for name, c := range map[string]struct {
		plugin  string
		path    []string
		prepare func(*testing.T, *completionUser)
		want    string
		warns   string
	}{
		"beside the plugin":                 {plugin: "go/bin", want: "go/bin"},
		"krew, and a folder of the user's":  {plugin: ".krew/bin", path: []string{"bin"}, want: "bin"},
		"krew, and two of them":             {plugin: ".krew/bin", path: []string{"bin", ".local/bin"}, want: ".local/bin"},
		"krew, and PATH has none":           {plugin: ".krew/bin", want: ".local/bin", warns: "PATH lacks "},
		"krew elsewhere":                    {plugin: "k/bin", want: ".local/bin", warns: "PATH lacks ", prepare: func(_ *testing.T, u *completionUser) { u.env["KREW_ROOT"] = filepath.Join(u.homeDir, "k") }},
		"a plugin that PATH does not have":  {plugin: "build", path: []string{".local/bin"}, want: ".local/bin", prepare: func(_ *testing.T, u *completionUser) { u.env["PATH"] = filepath.Join(u.homeDir, ".local", "bin") }},
		"another program comes before ours": {plugin: ".krew/bin", path: []string{"first", ".local/bin"}, want: ".local/bin", warns: "instead, which comes first on PATH", prepare: func(t *testing.T, u *completionUser) { t.Helper(); u.file(t, "first/kubectl_complete-x", "") }},
	} {
		t.Run(name, func(t *testing.T) {
			u := newCompletionUser(t, c.plugin)
			if strings.HasPrefix(c.plugin, ".krew") {
				u.krew(t)
			}
			u.addToPATH(c.path...)
			if c.prepare != nil {
				c.prepare(t, u)
			}
			for range 2 { // the second time changes nothing
				if err := u.install(); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(u.homeDir, c.want, "kubectl_complete-x")
			if _, err := os.Stat(path); err != nil || !strings.Contains(u.out.String(), "installed "+path+"\n") {
				t.Errorf("%v\n%s", err, u.out)
			}
			if said := u.errOut.String(); (said != "") != (c.warns != "") || !strings.Contains(said, c.warns) {
				t.Errorf("it warns %q, want %q", said, c.warns)
			}
			if left, err := os.ReadDir(filepath.Join(u.homeDir, c.plugin)); err != nil || c.want != c.plugin && len(left) != 1 {
				t.Errorf("beside the plugin: %v, %v", left, err)
			}
			if err := u.uninstall(); err != nil || exists(path) {
				t.Errorf("it was not removed: %v", err)
			}
		})
	}
}

func TestCompletionHints(t *testing.T) {
	for shell, want := range map[string]string{
		"/bin/zsh":      `hint: add this line to ~/.bashrc or ~/.zshrc: export PATH="$PATH:`,
		"/usr/bin/fish": "hint: fish_add_path ",
	} {
		u := newCompletionUser(t, ".krew/bin")
		u.krew(t)
		u.env["SHELL"] = shell
		if err := u.install(); err != nil || !strings.Contains(u.errOut.String(), want) {
			t.Errorf("%s: %v, %s", shell, err, u.errOut)
		}
		for _, line := range []string{"source <(kubectl completion bash)", "source <(kubectl completion zsh)", "kubectl completion fish | source", "kubectl completion powershell | Out-String"} {
			if !strings.Contains(u.out.String(), line) {
				t.Errorf("no %q in\n%s", line, u.out)
			}
		}
	}
}

func TestCompletionWithoutHome(t *testing.T) {
	u := newCompletionUser(t, ".krew/bin")
	u.krew(t)
	delete(u.env, "HOME")
	var wrong *failure.Error
	if err := u.install(); !errors.As(err, &wrong) || wrong.Code != failure.BadInput || !strings.Contains(wrong.Hint, "--dir") {
		t.Errorf("%v", err)
	}
}

// TestCompletionStaysOutOfKrew: krew fails on a file of its bin folder that is left
// there alone.
func TestCompletionStaysOutOfKrew(t *testing.T) {
	u := newCompletionUser(t, ".krew/bin")
	u.krew(t)
	u.dir = filepath.Join(u.homeDir, ".krew", "bin")
	var refused *failure.Error
	if err := u.install(); !errors.As(err, &refused) || refused.Code != failure.Refused || !strings.Contains(err.Error(), "krew's folder") {
		t.Errorf("%v", err)
	}
}

// TestCompletionSparesOthers: a file of another program stays, whatever it is.
func TestCompletionSparesOthers(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a program":      func(path string) error { return os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700) },
		"another's link": func(path string) error { return os.Symlink("/bin/true", path) },
		"a folder":       func(path string) error { return os.Mkdir(path, 0o700) },
		"a script of another plugin": func(path string) error {
			return os.WriteFile(path, []byte(completer{"kubectl-y", "linux"}.script()), 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := newCompletionUser(t, "bin")
			path := filepath.Join(u.homeDir, "bin", "kubectl_complete-x")
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			var refused *failure.Error
			if err := u.install(); !errors.As(err, &refused) || refused.Code != failure.Refused || !strings.Contains(refused.Hint, "--replace") {
				t.Errorf("%v", err)
			}
			if err := u.uninstall(); err != nil || !strings.Contains(u.errOut.String(), "is not installed in") {
				t.Errorf("%v, %s", err, u.errOut)
			}
			if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it is not there any more: %v", err)
			}
		})
	}
}

func TestCompletionReplacesWhenTold(t *testing.T) {
	u := newCompletionUser(t, "bin")
	path := u.file(t, "bin/kubectl_complete-x", "#!/bin/sh\n")
	u.replace = true
	if err := u.install(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != u.completer.script() {
		t.Errorf("%v, %s", err, text)
	}
}

// TestCompletionAdoptsLinks: a link to the plugin, which a package may bring, is ours.
func TestCompletionAdoptsLinks(t *testing.T) {
	u := newCompletionUser(t, "bin")
	path := filepath.Join(u.homeDir, "bin", "kubectl_complete-x")
	for _, do := range []func() error{u.install, u.uninstall} {
		_ = os.Remove(path)
		if err := os.Symlink("/gone/kubectl-x", path); err != nil {
			t.Fatal(err)
		}
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			t.Error("the link is still there")
		}
	}
}

// TestCompletionScript runs it: each word arrives as it is, wherever the plugin is by
// then, and without the plugin there is no answer and no message.
func TestCompletionScript(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell script")
	}
	u := newCompletionUser(t, "old")
	script := u.file(t, "bin/kubectl_complete-x", u.completer.script())
	run := func() string {
		cmd := exec.CommandContext(t.Context(), script, "graph", "a b", `"'$x`, "")
		cmd.Env = []string{"PATH=" + filepath.Join(u.homeDir, "new") + ":" + filepath.Join(u.homeDir, "old")}
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return string(said)
	}
	const want = `<__complete><graph><a b><"'$x><>`
	if said := run(); said != want {
		t.Errorf("%s", said)
	}
	if err := os.Rename(filepath.Join(u.homeDir, "old"), filepath.Join(u.homeDir, "new")); err != nil {
		t.Fatal(err)
	}
	if said := run(); said != want {
		t.Errorf("after the plugin moved: %s", said)
	}
	if err := os.RemoveAll(filepath.Join(u.homeDir, "new")); err != nil {
		t.Fatal(err)
	}
	if said := run(); said != "" {
		t.Errorf("without the plugin: %s", said)
	}
}

// TestCompletionOnWindows: the plugin itself completes there, because cmd.exe would
// interpret the words that a batch file gets. A copy of any version is ours.
func TestCompletionOnWindows(t *testing.T) {
	u := newCompletionUser(t, "bin")
	u.completer.goos = "windows"
	path := filepath.Join(u.homeDir, "bin", "kubectl_complete-x.exe")
	for _, version := range []string{"v1", "v2"} {
		built := "\x00" + version + "\x00path\tgithub.com/datum-cloud/kubectl-plugins/plugins/kubectl-x\nmod\t"
		u.file(t, "bin/kubectl-x", built)
		if err := u.install(); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != built {
			t.Errorf("%v, %q", err, text)
		}
	}
	if !strings.Contains(u.out.String(), "Invoke-Expression") || strings.Contains(u.out.String(), "bash") {
		t.Errorf("%s", u.out)
	}
	if err := u.uninstall(); err != nil || exists(path) {
		t.Errorf("it was not removed: %v", err)
	}
	u.file(t, "bin/kubectl_complete-x.exe", "path\tgithub.com/datum-cloud/kubectl-plugins/plugins/kubectl-xy\nmod\t")
	var refused *failure.Error
	if err := u.install(); !errors.As(err, &refused) || refused.Code != failure.Refused {
		t.Errorf("another plugin's: %v", err)
	}
}

// TestCompletionCommands runs them as users do.
func TestCompletionCommands(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code failure.Code
		says string
	}{
		{[]string{"uninstall", "--dir", dir}, failure.OK, "kubectl_complete-x of this plugin is not installed in " + dir},
		{[]string{"install", "--dir", dir}, failure.OK, "PATH lacks " + dir},
		{[]string{"uninstall", "--dir", dir}, failure.OK, "removed " + dir},
		{[]string{"install", "--dir", dir + "/no/such"}, failure.Unable, "no such file"},
	} {
		streams, _, out, errOut := genericiooptions.NewTestIOStreams()
		code := Main(t.Context(), NewCompletionCommand("kubectl-x", streams), streams, c.args)
		if code != c.code || !strings.Contains(out.String()+errOut.String(), c.says) {
			t.Errorf("%q: code %d, want %q\n%s%s", c.args, code, c.says, out, errOut)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestCompletionSearch: each folder once.
func TestCompletionSearch(t *testing.T) {
	u := newCompletionUser(t, ".local/bin")
	u.addToPATH(".local/bin", "bin")
	u.env["PATH"] += string(os.PathListSeparator) + "relative"
	want := []string{filepath.Join(u.homeDir, ".local", "bin"), filepath.Join(u.homeDir, "bin")}
	if got := u.search(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
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
