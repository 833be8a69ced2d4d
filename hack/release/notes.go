package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func newNotes() *cobra.Command {
	return &cobra.Command{
		Use:   "notes TAG",
		Short: "Print what CHANGELOG.md says of a version",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			changelog, err := os.ReadFile("CHANGELOG.md")
			if err != nil {
				return err
			}
			notes, ok := notesOf(string(changelog), args[0])
			if !ok {
				return failure.New(failure.Found, "", "CHANGELOG.md says nothing of %s", args[0])
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), notes)
			return err
		},
	}
}

// notesOf returns what stands below "## [1.2.3]" for the tag v1.2.3. What is
// released before its time, v1.2.3-rc.1, has its notes under Unreleased.
func notesOf(changelog, tag string) (string, bool) {
	version := strings.TrimPrefix(tag, "v")
	if strings.Contains(version, "-") {
		version = "Unreleased"
	}
	_, notes, ok := strings.Cut("\n"+changelog, "\n## ["+version+"]")
	if !ok {
		return "", false
	}
	// The rest of the heading is a date.
	_, notes, _ = strings.Cut(notes, "\n")
	notes, _, _ = strings.Cut(notes, "\n## ")
	// Addresses of the versions stand at the end of the file.
	notes, _, _ = strings.Cut(notes, "\n[Unreleased]:")
	notes = strings.TrimSpace(notes)
	return notes, notes != ""
}
