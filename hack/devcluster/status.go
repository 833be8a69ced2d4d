package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func newStatus() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "status",
		Short: "Tell which clusters run and how they are",
		Example: `  go run ./hack/devcluster status
  go run ./hack/devcluster status -o json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return status(c, output)
		},
	}
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return command
}

func status(c *cobra.Command, output string) error {
	state, err := currentState()
	if err != nil {
		return err
	}
	report, err := devcluster.Status(c.Context(), state)
	if err != nil {
		return err
	}
	switch output {
	case "text":
		err = writeStatus(c.OutOrStdout(), report)
	case "json":
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	default:
		return failure.New(failure.BadInput, "go run ./hack/devcluster status -o json", "-o %s: only text and json are possible", output)
	}
	if err != nil || report.Well() {
		return err
	}
	return unwell(report)
}

// unwell says in one sentence what is wrong.
func unwell(report devcluster.Report) error {
	if len(report.Clusters) == 0 {
		return failure.New(failure.Found, "go run ./hack/devcluster up", "no cluster runs")
	}
	if !report.Running {
		return failure.New(failure.Found, "go run ./hack/devcluster down", "the supervisor is gone")
	}
	for _, cluster := range report.Clusters {
		switch cluster.Phase {
		case devcluster.Ready:
		case devcluster.Starting:
			return failure.New(failure.Found, "go run ./hack/devcluster up", "%s is still starting", cluster.Name)
		default:
			const anew = "go run ./hack/devcluster down && go run ./hack/devcluster up"
			return failure.New(failure.Found, anew, "%s is not ready: %s", cluster.Name, cluster.Message)
		}
	}
	return nil
}

func writeStatus(out io.Writer, report devcluster.Report) error {
	if len(report.Clusters) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "CONTEXT\tSTATUS\tFLUX\tSERVER\tPROCESSES")
	for _, cluster := range report.Clusters {
		fmt.Fprintf(table, "%s\t%s\t%t\t%s\t%s\n", cluster.Name, cluster.Phase, cluster.Flux, cluster.Server, processes(cluster))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nsupervisor  %s\nartifacts   %s\nkubeconfig  %s\nlogs        %s\n",
		supervisor(report), report.Artifacts.URL, report.Kubeconfig, report.State)
	return err
}

func supervisor(report devcluster.Report) string {
	if !report.Running {
		return "gone"
	}
	return fmt.Sprintf("process %d", report.Supervisor)
}

func processes(cluster devcluster.ClusterReport) string {
	var words []string
	for _, server := range cluster.Processes {
		word := fmt.Sprintf("%s=%d", server.Name, server.PID)
		if !server.Running {
			word += "(ended)"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
