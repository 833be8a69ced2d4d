package main

import (
	"bytes"
	"os"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/sbom"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func newSBOM() *cobra.Command {
	return &cobra.Command{
		Use:   "sbom ARCHIVE DOCUMENT",
		Short: "Write the bill of materials of the program in an archive",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			program, err := archive.Program(args[0])
			if err != nil {
				return err
			}
			var document bytes.Buffer
			if err := sbom.Write(&document, program.Name, program.Data); err != nil {
				return failure.New(failure.Unable, "", "%s: %w", args[0], err)
			}
			return os.WriteFile(args[1], document.Bytes(), 0o644)
		},
	}
}
