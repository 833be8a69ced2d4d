package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check every file in dist/ that would be released, and print sizes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			built, err := dist.Read("dist")
			if err != nil {
				return err
			}
			if err := built.Check(); err != nil {
				return failure.New(failure.Found, "", "%w", err)
			}
			return sizes(c.OutOrStdout(), built)
		},
	}
}

// sizes prints what users download and what they get.
func sizes(w io.Writer, built *dist.Dist) error {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "archive\tMB\tprogram MB\t\n")
	var failed error
	for _, a := range built.Archives {
		info, err := os.Stat(a.Path)
		program, readErr := archive.Program(a.Path)
		if failed = errors.Join(failed, err, readErr); failed != nil {
			return failed
		}
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t\n", a.Name, megabytes(info.Size()), megabytes(int64(len(program.Data))))
	}
	return table.Flush()
}

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
