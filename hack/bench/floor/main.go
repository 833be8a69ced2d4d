// Command floor is the least that a program with cobra is: what the start-up
// of the plugins is compared with.
package main

import (
	"os"

	"github.com/spf13/cobra"
)

func main() {
	command := &cobra.Command{
		Use:   "floor",
		Short: "Do nothing",
		Run:   func(*cobra.Command, []string) {},
	}
	if command.Execute() != nil {
		os.Exit(1)
	}
}
