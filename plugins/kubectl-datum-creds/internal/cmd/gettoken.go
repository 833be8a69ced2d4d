package cmd

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/served"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// execFormat is the output format for Kubernetes clients.
const execFormat = "exec"

// errWholeEnvironment cannot happen: main reduces the environment of every
// command line that can lead here.
var errWholeEnvironment = errors.New("get-token needs the reduced environment")

type getTokenOptions struct {
	deps   Dependencies
	choice choiceFlags
	output string
	// write writes the answer in that format.
	write func(io.Writer, answer) error
	// silent reports whether it is a program that asks, whatever its terminal is.
	silent bool
}

func newGetTokenCommand(d Dependencies) *cobra.Command {
	o := &getTokenOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "get-token",
		Short: "Print an access token; what kubeconfigs call",
		Long: `Print an access token. This is the command that kubeconfigs name: it answers a
Kubernetes client with an ExecCredential, and nothing else on standard output.

A fresh token is printed at once. One that is about to expire is renewed first,
by one process for all that ask at the same time. A client gets a token only for
the API server of the session (exit code 5). A client that sets no
KUBERNETES_EXEC_INFO does not name its server, and so does -o exec without a
terminal: use -o json or -o token in scripts.

A kubeconfig sets the variables of its credential plugin. get-token therefore
uses a short list of variables and drops the others, and uses nothing but fresh
tokens of a folder that only the kubeconfig names.

Where a user's session has ended, it fails with one line that says which login
is needed (exit code 6). If it may ask, it signs the user in instead: when you
call it from a terminal, or when the kubeconfig's interactiveMode is IfAvailable
or Always and kubectl has a terminal. Both need standard input and standard
error to be that terminal, in the foreground; with CI set to anything nobody is
asked. It must be the same person, and of many processes one asks. A Kubernetes
client opens no browser: it shows the address.`,
		Example: `  # what a kubeconfig's exec entry runs
  kubectl datum-creds get-token --session jane@example.com@api.datum.net

  # a header for curl, without the token in the command line
  kubectl datum-creds get-token -o header | curl -H @- https://api.datum.net/version

  # with a service account's key and no login
  kubectl datum-creds get-token --credentials key.json -o json`,
		Args: cobra.NoArgs,
	}
	o.choice.add(cmd.Flags())
	cmd.Flags().StringVarP(&o.output, "output", "o", execFormat, "Output format: exec (for Kubernetes clients), token, json or header.")
	return cli.Runs(cmd, o.parse)
}

// newHelperCommand is the contract of datumctl's credential helpers, so that
// this plugin can be named in DATUM_CREDENTIALS_HELPER.
func newHelperCommand(d Dependencies) *cobra.Command {
	group := &cobra.Command{Use: "auth", Short: "Answer as datumctl's credential helper does", Hidden: true, Args: cobra.NoArgs}
	o := &getTokenOptions{deps: d.silent(), output: "token", silent: true}
	get := &cobra.Command{
		Use: "get-token", Short: "Print the bare access token", Args: cobra.NoArgs,
	}
	o.choice.add(get.Flags())
	group.AddCommand(cli.Runs(get, o.parse))
	return group
}

func (o *getTokenOptions) parse([]string) (*getTokenOptions, error) {
	var err error
	o.write, err = formatOf(o.output)
	return o, err
}

// Run prints a token.
func (o *getTokenOptions) Run(ctx context.Context) error {
	if !o.deps.Environment.Reduced() {
		return errWholeEnvironment
	}
	if err := o.deps.Environment.Err(); err != nil {
		return err
	}
	info := o.deps.Getenv(execcred.Variable)
	asked, err := o.request(info)
	if err != nil {
		return failure.Input(err)
	}
	env := o.deps.Auth()
	env.Unproven = asked.Asked && !o.deps.Environment.HomeProven()
	handle, err := o.choice.find(o.deps, env)
	if err != nil {
		return err
	}
	if err := handle.Session.Trust.Check(handle.Session.Name, asked); err != nil {
		return err
	}
	if asked.Asked {
		var stop context.CancelFunc
		ctx, stop = o.deps.whileWanted(ctx)
		defer stop()
	}
	token, err := o.token(ctx, handle, asked, info)
	if err != nil {
		return err
	}
	return o.write(o.deps.Out, answer{asked, handle.Session, token})
}

// request is what is asked for. A client that sets no variable is told from a
// person by the form that it wants and by its lack of a terminal.
func (o *getTokenOptions) request(info string) (execcred.Request, error) {
	if info == "" && o.output == execFormat && !output.IsTerminal(o.deps.Out) {
		return execcred.Unnamed(), nil
	}
	return execcred.Parse(info)
}

// token gets the token, and takes it for refused when the same process had it
// before. Where the session has ended, the user is asked to sign in, if that
// may be.
func (o *getTokenOptions) token(ctx context.Context, handle auth.Handle, asked execcred.Request, info string) (store.Token, error) {
	by := served.By(o.deps.Parent, append([]string{info}, o.deps.Args...)...)
	want := renew.Want{}
	if asked.Asked && handle.Place != nil {
		want.Rejected = rejected(handle, by)
	}
	token, err := handle.Token(ctx, want)
	if err != nil && mended(handle, err) && o.mayAsk(asked) {
		token, err = o.signIn(ctx, handle, err)
	}
	if err == nil && asked.Asked && handle.Place != nil {
		by.Note(handle.Place.Home(), token.Access)
	}
	return token, err
}

// rejected is the digest of the kept token if the asker had it before.
func rejected(handle auth.Handle, by served.Asker) *[sha256.Size]byte {
	kept, err := handle.Kept()
	if err != nil || !by.Had(handle.Place.Home(), kept.Access) {
		return nil
	}
	digest := kept.Access.Digest()
	return &digest
}
