package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

const installLong = `Make kubectl complete this plugin's commands, flags and their values.

kubectl asks a program called %[1]s, which has to be on PATH. This
puts a link of that name beside the plugin: the plugin knows by the name what it
is asked for. Where links cannot be made, it is a script. Nothing else that has
the name is overwritten.

Values out of a cluster are offered if it answers within a quarter of a second,
and if the kubeconfig runs no program for credentials other than kubectl
datum-creds, for such a program might ask a question or open a browser.

The Flux CLI asks its plugins by itself, and needs no link.

` + ExitCodesHelp

// NewCompletionCommand returns `completion`; binary is the plugin's name.
func NewCompletionCommand(binary string, streams genericiooptions.IOStreams) *cobra.Command {
	display := "kubectl " + strings.ReplaceAll(strings.TrimPrefix(binary, "kubectl-"), "_", "-")
	group := &cobra.Command{Use: "completion", Short: "Set up completion in shells", RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		// Shells source what `completion bash` prints elsewhere: it must not be help.
		return failure.With(failure.BadInput, fmt.Errorf("kubectl's own completion completes %s", display), "'"+display+" completion install' sets it up")
	}}
	o := &installation{streams: streams, binary: binary, symlink: os.Symlink}
	install := &cobra.Command{
		Use: "install", Short: "Make kubectl complete this plugin", Args: cobra.NoArgs,
		Long: fmt.Sprintf(installLong, o.name()),
		Example: fmt.Sprintf(`  # beside the plugin
  %[1]s completion install

  # in another folder of PATH
  %[1]s completion install --dir ~/.local/bin`, display),
		RunE: func(*cobra.Command, []string) error { return o.run() },
	}
	install.Flags().StringVar(&o.dir, "dir", "", "Folder to put it into; the plugin's by default.")
	install.Flags().BoolVar(&o.replace, "replace", false, "Replace a file of that name that is not this plugin's.")
	group.AddCommand(install)
	return group
}

// installation puts the program that kubectl asks for completions where it
// finds it.
type installation struct {
	streams genericiooptions.IOStreams
	binary  string
	dir     string
	replace bool
	symlink func(oldname, newname string) error
}

func (o *installation) name() string {
	return completePrefix + strings.TrimPrefix(o.binary, "kubectl-")
}

const shellHint = `kubectl's own completion has to be on:
  bash: source <(kubectl completion bash)    # in ~/.bashrc; needs the package bash-completion
  zsh:  source <(kubectl completion zsh)     # in ~/.zshrc, after compinit
`

func (o *installation) run() error {
	plugin, err := o.plugin()
	if err != nil {
		return err
	}
	dir := o.dir
	if dir == "" {
		dir = filepath.Dir(plugin)
	}
	link, err := o.place(plugin, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.streams.Out, "linked    %s\n", link)
	if found, err := exec.LookPath(filepath.Base(link)); err != nil || !sameFile(found, link) {
		fmt.Fprintf(o.streams.ErrOut, "warning: kubectl finds it on PATH only: add %s to it\n", dir)
	}
	fmt.Fprint(o.streams.Out, shellHint)
	return nil
}

// plugin returns the path of this program: the one that PATH knows, which krew
// points to each new version, rather than the version's own.
func (o *installation) plugin() (string, error) {
	running, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if known, err := exec.LookPath(o.binary); err == nil && sameFile(known, running) {
		return filepath.Abs(known)
	}
	return running, nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// place makes the link, or the script in its place, and returns its path. It
// is made aside and moved there, so that there never is half of one.
func (o *installation) place(plugin, dir string) (string, error) {
	aside, err := os.MkdirTemp(dir, ".kubectl_complete-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	made := filepath.Join(aside, o.name())
	if filepath.Ext(plugin) == ".exe" {
		made += ".exe"
	}
	if o.symlink(plugin, made) != nil {
		if made, err = o.script(plugin, aside); err != nil {
			return "", err
		}
	}
	link := filepath.Join(dir, filepath.Base(made))
	if err := o.free(link); err != nil {
		return "", err
	}
	return link, os.Rename(made, link)
}

// scriptMark is the line by which a script is known to be ours.
const scriptMark = "completes a kubectl plugin; made by its 'completion install'"

func (o *installation) script(plugin, dir string) (string, error) {
	path, text := filepath.Join(dir, o.name()), "#!/bin/sh\n# "+scriptMark+"\nexec '"+strings.ReplaceAll(plugin, "'", `'\''`)+"' "+cobra.ShellCompRequestCmd+` "$@"`+"\n"
	if runtime.GOOS == "windows" {
		path += ".cmd"
		text = "@rem " + scriptMark + "\r\n@\"" + strings.ReplaceAll(plugin, "%", "%%") + "\" " + cobra.ShellCompRequestCmd + " %*\r\n"
	}
	return path, os.WriteFile(path, []byte(text), 0o755) //nolint:gosec // a program for all users of the plugin
}

// free refuses to replace what is not ours.
func (o *installation) free(link string) error {
	info, err := os.Lstat(link)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || o.replace || o.ours(link, info) {
		return err
	}
	return failure.With(failure.Refused, fmt.Errorf("%s is there already, and is not this plugin's", link), "--replace replaces it; --dir names another folder")
}

func (o *installation) ours(link string, info fs.FileInfo) bool {
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(link)
		return err == nil && strings.TrimSuffix(filepath.Base(target), ".exe") == o.binary
	}
	text, err := os.ReadFile(link)
	return err == nil && info.Size() < 4096 && strings.Contains(string(text), scriptMark)
}
