package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// publishOptions are the flags of publish.
type publishOptions struct {
	from, tag, context string
}

func newPublish() *cobra.Command {
	var options publishOptions
	command := &cobra.Command{
		Use:   "publish KIND/NAMESPACE/NAME --from DIR --tag TAG",
		Short: "Give a Flux source a folder as its artifact",
		Long: `Give a Flux source a folder as its artifact.

source-controller does not run here. This command does what matters of it: it
packs the folder, serves it to kustomize-controller, and writes the artifact
into the status of the source. The URL and the filters in the source's spec
are not looked at.`,
		Example: `  go run ./hack/devcluster publish OCIRepository/flux-system/activity --from examples/activity/artifact --tag 1.2.0`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return failure.New(failure.BadInput, "go run ./hack/devcluster publish --help", "publish needs one source, but got %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return publish(c, options, args[0])
		},
	}
	command.Flags().StringVar(&options.from, "from", "", "the folder that becomes the artifact")
	command.Flags().StringVar(&options.tag, "tag", "", "the tag that the revision begins with")
	command.Flags().StringVar(&options.context, "context", "devcluster-1", "the cluster that the source is in")
	return command
}

func publish(c *cobra.Command, options publishOptions, source string) error {
	if options.from == "" || options.tag == "" {
		return failure.New(failure.BadInput, "go run ./hack/devcluster publish --help", "publish needs --from and --tag")
	}
	target, err := flux.ParseSource(source)
	if err != nil {
		return failure.New(failure.BadInput, "kubectl get ocirepositories,gitrepositories -A", "%w", err)
	}
	if info, err := os.Stat(options.from); err != nil || !info.IsDir() {
		return failure.New(failure.BadInput, "go run ./hack/devcluster publish --help", "--from %s is not a folder", options.from)
	}
	state, err := currentState()
	if err != nil {
		return err
	}
	publisher, err := publisherFor(c, state, options.context)
	if err != nil {
		return err
	}
	published, err := publisher.Publish(c.Context(), target, os.DirFS(options.from), options.tag)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "%s has revision %s\n", target, published["revision"])
	return nil
}

func publisherFor(c *cobra.Command, state devcluster.State, context string) (flux.Publisher, error) {
	report, err := devcluster.Status(c.Context(), state)
	if err != nil {
		return flux.Publisher{}, err
	}
	for _, cluster := range report.Clusters {
		if cluster.Name != context || cluster.Phase != devcluster.Ready {
			continue
		}
		config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
		return flux.Publisher{Config: config, Store: report.Artifacts}, err
	}
	return flux.Publisher{}, failure.New(failure.Unable, "go run ./hack/devcluster up --flux", "no cluster %s is ready", context)
}
