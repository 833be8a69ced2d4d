package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/krewstore"
	"github.com/datum-cloud/kubectl-plugins/krew"
)

func newKrewLocal() *cobra.Command {
	return &cobra.Command{
		Use:   "krew-local ROOT",
		Short: "Install what is in dist/ into a new folder, as krew does",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			root, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			plugins, err := readManifests(filepath.Join("dist", "krew"))
			if err != nil {
				return err
			}
			for _, plugin := range plugins {
				link, err := installLocal(krewstore.Root(root), plugin)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "Installed plugin: %s, as %s\n%s\n", plugin.Metadata.Name, link, plugin.Spec.Caveats)
			}
			return nil
		},
	}
}

// installLocal takes the archive from dist/, and not from where it will be.
func installLocal(root krewstore.Root, plugin *krew.Plugin) (string, error) {
	here := krewstore.Here()
	platform := plugin.For(here)
	if platform == nil {
		return "", fmt.Errorf("%s is not built for %s", plugin.Metadata.Name, here)
	}
	return root.Install(plugin, here, filepath.Join("dist", path.Base(platform.URI)))
}

// readManifests reads the rendered manifests of a folder, in order.
func readManifests(dir string) ([]*krew.Plugin, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		_, err := dist.Read("dist") // which says how to make one
		return nil, fmt.Errorf("no manifests in %s: %w", dir, err)
	}
	var plugins []*krew.Plugin
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		plugin, err := krew.Parse(text)
		if err == nil {
			err = krew.Validate(file, plugin)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		plugins = append(plugins, plugin)
	}
	return plugins, nil
}
