package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// name is the binary's name, as krew installs it.
const name = "kubectl-datum_creds"

// NewRoot returns the whole command.
func NewRoot(d Dependencies) *cobra.Command {
	root := &cobra.Command{
		Use:   "datum-creds",
		Short: "Sign in to Datum Cloud, and give kubectl its tokens",
		Long: `Sign in to Datum Cloud, and give kubectl its tokens.

Sign in once, or name a service account's key; make a kubeconfig; then kubectl,
flux, helm, terraform and k9s ask this plugin for a token by themselves.

` + cli.ExitCodesHelp,
		Example: `  # sign in, and add a project's control plane to the kubeconfig
  kubectl datum-creds login
  kubectl datum-creds update-kubeconfig --project my-project

  # in CI: a kubeconfig from a service account's key alone
  DATUM_CREDENTIALS_FILE=key.json kubectl datum-creds kubeconfig --project my-project --stdout > kubeconfig

  # who am I, and until when?
  kubectl datum-creds status`,
	}
	renew := cli.NewRenewCommand(handover.Command, func(ctx context.Context, session string) error {
		return handover.Main(ctx, d.Auth(), session, d.Out)
	})
	cli.Root(d.Process, name, "kubectl datum-creds", root,
		newLoginCommand(d), newLogoutCommand(d), newSessionsCommand(d), newUseCommand(d), newWhoamiCommand(d), newStatusCommand(d),
		newUpdateKubeconfigCommand(d), newKubeconfigCommand(d), newConvertCommand(d),
		newTrustCommand(d), newDoctorCommand(d), newGetTokenCommand(d), newHelperCommand(d), renew,
	)
	completions(root, d)
	return root
}
