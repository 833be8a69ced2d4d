package servers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// definitions is a module whose folder config/crd/bases holds CRDs. Only that
// folder is used; no code of it is built.
type definitions struct {
	module string
	// sum is what the module must be, as go.sum would say it.
	sum string
}

// fluxDefinitions lists where Flux's own CRDs come from.
func fluxDefinitions() []definitions {
	return []definitions{
		{"github.com/fluxcd/kustomize-controller@v1.9.5", "h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc="},
		{"github.com/fluxcd/source-controller@v1.9.5", "h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0="},
		{"github.com/fluxcd/helm-controller@v1.6.4", "h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g="},
		// v0.59 needs a newer Go than this repository.
		{"github.com/controlplaneio-fluxcd/flux-operator@v0.58.1", "h1:ME/p3jGf5h9bNmQ5dhQBSjvj0G+7NTI1k3At+pCscis="},
	}
}

// FluxCRDs returns the folders that hold Flux's CustomResourceDefinitions.
func (p *Provider) FluxCRDs(ctx context.Context) ([]string, error) {
	var dirs []string
	for _, from := range fluxDefinitions() {
		dir, err := from.fetch(ctx, p.cache)
		if err != nil {
			return nil, fmt.Errorf("provide the CRDs of %s: %w", from.module, err)
		}
		dirs = append(dirs, dir)
	}
	return dirs, nil
}

// download is what `go mod download -json` says.
type download struct {
	Dir, Sum, Error string
}

// fetch runs outside any module: none of ours should have to require these.
func (d definitions) fetch(ctx context.Context, outside string) (string, error) {
	out, runErr := goCommand(ctx, outside, "mod", "download", "-json", d.module).Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var got download
	if err := json.Unmarshal(out, &got); err != nil {
		return "", fmt.Errorf("go mod download: %w", cmp.Or(runErr, err))
	}
	if got.Error != "" {
		return "", failure.New(failure.Unable, "check that the Go module proxy can be reached (go env GOPROXY)", "%s", got.Error)
	}
	if got.Sum != d.sum {
		return "", failure.New(failure.Refused, "go clean -modcache", "the module's sum is %s, but %s is pinned", got.Sum, d.sum)
	}
	dir := filepath.Join(got.Dir, "config", "crd", "bases")
	_, err := os.Stat(dir)
	return dir, err
}
