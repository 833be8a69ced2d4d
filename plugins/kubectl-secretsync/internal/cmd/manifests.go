package cmd

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// manifests reads the Secrets of -f.
func (s *session) manifests() ([]rollout.Source, error) {
	var all []secret.Secret
	for _, path := range s.selection.files {
		found, err := s.readManifest(path)
		if err != nil {
			return nil, failure.Input(fmt.Errorf("-f %s: %w", path, err))
		}
		all = append(all, found...)
	}
	if s.selection.to.Name != "" && len(all) != 1 {
		return nil, failure.Input(fmt.Errorf("--to-name is for a single Secret, and the manifests hold %d", len(all)))
	}
	for i := range all {
		if s.selection.namespace != "" {
			all[i].Meta.Namespace = s.selection.namespace
		}
		s.known(all[i])
	}
	return rollout.FromManifests(all, s.selection.sourceID), nil
}

func (s *session) readManifest(path string) ([]secret.Secret, error) {
	if path == "-" {
		return secret.Manifests(s.In)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return secret.Manifests(file)
}

// writeManifests prints the copies as manifests: the one output with values,
// for whoever seals or encrypts them.
func writeManifests(w io.Writer, jobs []rollout.Job) error {
	written := map[string]bool{}
	for _, job := range jobs {
		item := job.Item
		place := item.Place.Namespace + "/" + item.Place.Name
		if item.Refusal != "" || written[place] {
			continue
		}
		written[place] = true
		if _, err := io.WriteString(w, "---\n"); err != nil {
			return err
		}
		data := map[string]string{}
		for key, value := range item.Content.Data {
			data[key] = strings.Trim(string(value.JSON()), `"`)
		}
		metadata := map[string]any{"name": item.Place.Name, "labels": item.Content.Labels, "annotations": item.Content.AnnotationsAt(item.Place.Namespace, item.Place.Name)}
		if item.Place.Namespace != "" {
			metadata["namespace"] = item.Place.Namespace
		}
		err := output.WriteYAML(w, map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": item.Content.Type, "data": data,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
