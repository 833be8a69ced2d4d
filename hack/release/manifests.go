package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/fluxplugin"
	"github.com/datum-cloud/kubectl-plugins/krew"
)

func newManifests() *cobra.Command {
	return &cobra.Command{
		Use:   "manifests",
		Short: "Write the manifests of what is in dist/: dist/krew, dist/flux",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			built, err := dist.Read("dist")
			if err != nil {
				return err
			}
			krewFiles, err := krewManifests(built)
			if err != nil {
				return err
			}
			fluxFiles, err := fluxManifests(built)
			if err != nil {
				return err
			}
			for _, files := range []map[string][]byte{krewFiles, fluxFiles} {
				if err := writeAll(built.Dir, files); err != nil {
					return err
				}
			}
			fmt.Fprintf(c.OutOrStdout(), "manifests of %s: dist/krew, dist/flux\n", built.Tag)
			return nil
		},
	}
}

// krewManifests renders the templates with the checksums of the build.
func krewManifests(built *dist.Dist) (map[string][]byte, error) {
	templates, err := filepath.Glob("krew/*.yaml")
	if err != nil || len(templates) == 0 {
		return nil, errors.Join(err, errors.New("no templates in krew/: run it at the top of the checkout"))
	}
	files := map[string][]byte{}
	for _, file := range templates {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		manifest, err := krew.Render(string(text), built.Tag, built.SumOf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		plugin, err := krew.Parse(manifest)
		if err == nil {
			err = errors.Join(krew.Validate(file, plugin), krew.Accept(plugin))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		files["krew/"+filepath.Base(file)] = manifest
	}
	return files, nil
}

// fluxManifests is a catalog with plugins/ and the update workflow beside it, as at
// fluxcd/plugins, and the checksums that its updater reads.
func fluxManifests(built *dist.Dist) (map[string][]byte, error) {
	plugin := fluxplugin.Deps(built)
	file := "plugins/" + plugin.Name + ".yaml"
	if err := fluxplugin.Validate(file, plugin); err != nil {
		return nil, err
	}
	manifest, err := yaml.Marshal(plugin)
	if err != nil {
		return nil, err
	}
	catalog, err := yaml.Marshal(fluxplugin.CatalogOf(plugin))
	sums, text := fluxplugin.Checksums(built)
	workflow, jobs := fluxplugin.UpdateWorkflow(plugin)
	return map[string][]byte{
		"flux/" + file: manifest, "flux/catalog.yaml": catalog, "flux/" + sums: text, "flux/" + workflow: jobs,
	}, err
}

func writeAll(dir string, files map[string][]byte) error {
	for name, data := range files {
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
