package cli

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

const installLong = `Make kubectl complete this plugin's commands, flags and their values.

For that, kubectl runs a program called %[1]s, which it looks up on
PATH. This command writes it, as a script of a few lines that asks the plugin. It
finds the plugin on PATH too, so it stays valid when the plugin is upgraded or
moved, and does nothing once the plugin is gone. On Windows it is a copy of the
plugin: repeat the command after an upgrade.

It goes beside the plugin if that folder is on PATH and can be written to.
It never goes into krew's own folder, because krew takes every file there for a
plugin; then it goes into ~/.local/bin or ~/bin, whichever is on PATH. The command
can be repeated, and never overwrites a file of another program.

Values that come from a cluster are offered if it answers within a quarter of a
second, and if the kubeconfig runs no program for credentials other than kubectl
datum-creds: such a program might ask a question or open a browser.

The Flux CLI asks its plugins by itself and needs no script.

` + ExitCodesHelp

const uninstallLong = `Remove what 'completion install' wrote, from every folder of PATH.

A file of the same name that belongs to another program stays. If the plugin is gone
already, delete %[1]s by hand.

` + ExitCodesHelp

// NewCompletionCommand returns `completion`; binary is the plugin's name.
func NewCompletionCommand(binary string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &completionOptions{
		streams: streams, completer: completer{binary: binary, goos: runtime.GOOS},
		getenv: os.Getenv, executable: os.Executable,
	}
	group := &cobra.Command{Use: "completion", Short: "Set up completion in shells", RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		// Shells source what `completion bash` prints elsewhere: it must not be help.
		return failure.With(failure.BadInput, fmt.Errorf("kubectl's own completion completes %s", o.completer.command()), "'"+o.completer.command()+" completion install' sets it up")
	}}
	group.AddCommand(newCompletionInstall(o), newCompletionUninstall(o))
	return group
}

func newCompletionInstall(o *completionOptions) *cobra.Command {
	c := Runs(&cobra.Command{
		Use: "install", Short: "Make kubectl complete this plugin", Args: cobra.NoArgs,
		Long: fmt.Sprintf(installLong, o.completer.name()),
		Example: fmt.Sprintf(`  # in the folder that suits
  %[1]s completion install

  # in another folder of PATH
  %[1]s completion install --dir ~/bin`, o.completer.command()),
	}, func([]string) (completionInstall, error) { return completionInstall{o}, nil })
	c.Flags().StringVar(&o.dir, "dir", "", "Folder to write to.")
	c.Flags().BoolVar(&o.replace, "replace", false, "Replace a file of that name that belongs to another program.")
	return c
}

func newCompletionUninstall(o *completionOptions) *cobra.Command {
	c := Runs(&cobra.Command{
		Use: "uninstall", Short: "Remove what 'completion install' wrote", Args: cobra.NoArgs,
		Long: fmt.Sprintf(uninstallLong, o.completer.name()),
		Example: fmt.Sprintf(`  # from all folders of PATH
  %[1]s completion uninstall

  # from a folder that is not on PATH
  %[1]s completion uninstall --dir ~/bin`, o.completer.command()),
	}, func([]string) (completionUninstall, error) { return completionUninstall{o}, nil })
	c.Flags().StringVar(&o.dir, "dir", "", "Folder to remove it from; by default all folders of PATH.")
	return c
}

// completionOptions are what `completion install` and `uninstall` go by.
type completionOptions struct {
	streams    genericiooptions.IOStreams
	completer  completer
	dir        string
	replace    bool
	getenv     func(string) string
	executable func() (string, error)
}

// completionInstall and completionUninstall are the two operations on them.
type (
	completionInstall   struct{ *completionOptions }
	completionUninstall struct{ *completionOptions }
)

// Run implements Operation.
func (o completionInstall) Run(context.Context) error { return o.install() }

// Run implements Operation.
func (o completionUninstall) Run(context.Context) error { return o.uninstall() }

func (o *completionOptions) install() error {
	dir, err := o.target()
	if err != nil {
		return err
	}
	path, err := o.write(dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.streams.Out, "installed %s\n", path)
	o.warn(path)
	fmt.Fprint(o.streams.Out, o.shellSetup())
	return nil
}

func (o *completionOptions) write(dir string) (path string, err error) {
	plugin, err := o.executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	content, err := o.completer.content(plugin)
	if err != nil {
		return "", err
	}
	return o.completer.write(dir, content, o.replace)
}

func (o *completionOptions) uninstall() error {
	dirs := o.search()
	found := false
	for _, dir := range dirs {
		path, removed, err := o.completer.remove(dir)
		if err != nil {
			return err
		}
		if removed {
			found = true
			fmt.Fprintf(o.streams.Out, "removed %s\n", path)
		}
	}
	if !found {
		fmt.Fprintf(o.streams.ErrOut, "%s of this plugin is not installed in %s\n", o.completer.name(), strings.Join(dirs, ", "))
	}
	return nil
}

// shellSetup says how a shell comes by kubectl's completion, which asks ours.
func (o *completionOptions) shellSetup() string {
	if o.completer.goos == "windows" {
		return `kubectl's own completion must be on. In PowerShell, add to $PROFILE:
  kubectl completion powershell | Out-String | Invoke-Expression
`
	}
	return `kubectl's own completion must be on. Unless it is, add one line:
  bash: source <(kubectl completion bash)     # to ~/.bashrc; needs the package bash-completion
  zsh:  source <(kubectl completion zsh)      # to ~/.zshrc, after compinit
  fish: kubectl completion fish | source      # to ~/.config/fish/config.fish
  PowerShell: kubectl completion powershell | Out-String | Invoke-Expression    # to $PROFILE
`
}
