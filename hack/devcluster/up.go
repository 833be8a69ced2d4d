package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// maxClusters is more than anybody needs; one takes about half a gigabyte.
const maxClusters = 9

func newUp() *cobra.Command {
	var wish devcluster.Wish
	command := &cobra.Command{
		Use:   "up",
		Short: "Start clusters, or add what is missing to those that run",
		Example: `  go run ./hack/devcluster up
  go run ./hack/devcluster up --clusters 3
  go run ./hack/devcluster up --flux`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return up(c, wish)
		},
	}
	command.Flags().IntVar(&wish.Clusters, "clusters", 1, "how many clusters should run; those that run already stay")
	command.Flags().BoolVar(&wish.Flux, "flux", false, "run Flux's kustomize-controller in every cluster")
	return command
}

func up(c *cobra.Command, wish devcluster.Wish) error {
	if wish.Clusters < 1 || wish.Clusters > maxClusters {
		return failure.New(failure.BadInput, "go run ./hack/devcluster up --clusters 2", "--clusters %d: from 1 to %d are possible", wish.Clusters, maxClusters)
	}
	state, err := currentState()
	if err != nil {
		return err
	}
	start := time.Now()
	before, report, err := devcluster.Up(c.Context(), state, wish, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if !report.Well() {
		return unwell(report)
	}
	describeUp(c.OutOrStdout(), before, report, time.Since(start))
	return nil
}

// describeUp tells what was there already, what is new, and how to reach it.
func describeUp(out io.Writer, before, after devcluster.Report, took time.Duration) {
	known := map[string]devcluster.ClusterReport{}
	if before.Running {
		for _, cluster := range before.Clusters {
			known[cluster.Name] = cluster
		}
	}
	for _, cluster := range after.Clusters {
		fmt.Fprintf(out, "%s %s: %s\n", cluster.Name, change(known[cluster.Name], cluster), cluster.Kubeconfig)
	}
	fmt.Fprintf(out, "ready in %s; all contexts together:\n", took.Round(100*time.Millisecond))
	fmt.Fprintf(out, "export KUBECONFIG='%s'\n", after.Kubeconfig)
}

func change(before, after devcluster.ClusterReport) string {
	flux := ""
	if after.Flux {
		flux = " with Flux"
	}
	switch {
	case before.Name == "":
		return "started" + flux
	case after.Flux && !before.Flux:
		return "runs already, Flux added"
	default:
		return "runs already" + flux
	}
}
