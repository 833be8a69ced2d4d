package cmd

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

type kubeconfigOptions struct {
	deps   Dependencies
	plane  planeFlags
	file   fileFlags
	choice choiceFlags
	name   string
	stdout bool
}

func newKubeconfigCommand(d Dependencies) *cobra.Command {
	o := &kubeconfigOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "kubeconfig",
		Short: "Print a complete kubeconfig, for CI",
		Long: `Print a complete kubeconfig of one control plane. With a service account's key
in the environment it needs no login and no home folder: kubectl's helper finds
the key in the same variable. No secret is in the kubeconfig.`,
		Example: `  # GitHub Actions, GitLab CI, Spacelift: the key is in a variable
  kubectl datum-creds kubeconfig --project my-project --stdout > "$KUBECONFIG"

  # the key is in a file
  kubectl datum-creds kubeconfig --project my-project --credentials key.json --stdout > kubeconfig

  # of a session, for a machine that has the same one
  kubectl datum-creds kubeconfig --organization my-org --session robot --stdout`,
		Args: cobra.NoArgs,
	}
	o.plane.add(cmd.Flags())
	o.choice.add(cmd.Flags())
	o.file.addMode(cmd.Flags())
	cmd.Flags().StringVar(&o.name, "name", "", "Name of the cluster, context and user.")
	cmd.Flags().BoolVar(&o.stdout, "stdout", true, "Print to standard output, which is what it does in any case.")
	return cli.Runs(cmd, o.parse)
}

var errNotPrinted = failure.With(failure.BadInput, errors.New("--stdout=false: the kubeconfig is printed, and kept nowhere"),
	"to add the control plane to a kubeconfig file: kubectl datum-creds update-kubeconfig")

func (o *kubeconfigOptions) parse([]string) (*kubeconfigOptions, error) {
	if !o.stdout {
		return nil, errNotPrinted
	}
	return o, o.file.check()
}

// Run prints the kubeconfig.
func (o *kubeconfigOptions) Run(context.Context) error {
	handle, err := o.choice.find(o.deps, o.deps.Auth())
	if err != nil {
		return err
	}
	plane, err := o.plane.plane(handle.Session)
	if err != nil {
		return err
	}
	bundle, err := auth.Bundle(handle.Session.CAFile)
	if err != nil {
		return err
	}
	user, err := o.user(handle.Session)
	if err != nil {
		return err
	}
	name := o.name
	if name == "" {
		name = plane.Name()
	}
	file, err := kubeconfig.File{}.Apply(kubeconfig.Change{Current: &name, Entries: []kubeconfig.Entry{
		{Section: kubeconfig.Clusters, Name: name, Value: entries.NewCluster(plane.URL(handle.Session.API), bundle)},
		{Section: kubeconfig.Contexts, Name: name, Value: entries.Context{Cluster: name, User: name}},
		{Section: kubeconfig.Users, Name: name, Value: user},
	}})
	if err != nil {
		return err
	}
	_, err = o.deps.Out.Write(file.Text())
	return err
}

// user names what the helper cannot find by itself: a key file, by its
// absolute path, or a session. A key in the environment it finds.
func (o *kubeconfigOptions) user(s session.Session) (entries.User, error) {
	switch {
	case o.choice.credentials == "-":
		return entries.User{}, errKeyFromStream
	case o.choice.credentials != "":
		path, err := filepath.Abs(o.choice.credentials)
		return entries.NewUser(o.file.mode, "--credentials", path), err
	case o.choice.session == "" && s.Type == session.ServiceAccount && s.Storage == session.None && s.KeyFile == "":
		return entries.NewUser(o.file.mode), nil
	}
	return entries.OfSession(s.Name, o.file.mode), nil
}
