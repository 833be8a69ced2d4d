package cmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// completions make values of flags and names of Secrets known to shells. Of
// Secrets only the metadata is asked for.
func (f *selectionFlags) completions(c *cobra.Command) {
	cli.CompleteFlags(c, f.ends.Completions(userAgent()))
	cli.CompleteFlags(c, map[string]cli.Values{
		"allow-type":           cli.Fixed(secret.TypeServiceAccount, secret.TypeBootstrap, "helm.sh/release.v1"),
		"to-kubeconfig-secret": f.kubeconfigSecrets,
	})
	c.ValidArgsFunction = func(c *cobra.Command, given []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return cli.Complete(func(ctx context.Context) []string {
			return slices.DeleteFunc(f.sourceNames(ctx), func(name string) bool { return slices.Contains(given, name) })
		})(c, given, typed)
	}
}

// sourceNames are the Secrets that could be copied; none where they cannot be
// had.
func (f *selectionFlags) sourceNames(ctx context.Context) []string {
	source, _, err := f.ends.Source(cluster.Access{UserAgent: userAgent()})
	if err != nil {
		return nil
	}
	s := session{selection: f, member: source}
	return cluster.SecretNames(ctx, source.Config, s.sourceNamespace())
}

// kubeconfigSecrets are the Secrets where --to-kubeconfig-secret looks.
func (f *selectionFlags) kubeconfigSecrets(ctx context.Context) []string {
	source, _, err := f.ends.Source(cluster.Access{UserAgent: userAgent()})
	if err != nil && f.ends.To.Secrets.Context == "" {
		return nil
	}
	return f.ends.KubeconfigSecretNames(ctx, cluster.Access{UserAgent: userAgent()}, source)
}
