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

// copySource copies the module of a program that embeds a file which its module
// lacks, adds that file, empty, and returns the folder. The module's sum is in
// the go.sum beside its pin, and its own go.sum has those of what it needs.
func (b build) copySource(ctx context.Context) (string, error) {
	out, runErr := goCommand(ctx, b.source, "mod", "download", "-json", b.recipe.requirement).Output()
	var got download
	if err := cmp.Or(json.Unmarshal(out, &got), runErr); err != nil {
		return "", failure.New(failure.Unable, "check that the Go module proxy can be reached (go env GOPROXY)", "go mod download: %w: %s", err, got.Error)
	}
	dir, err := os.MkdirTemp(filepath.Dir(b.target), "source-")
	if err != nil {
		return "", err
	}
	missing := filepath.Join(dir, b.recipe.embeds)
	if err = os.CopyFS(dir, os.DirFS(got.Dir)); err == nil {
		err = os.MkdirAll(filepath.Dir(missing), 0o700)
	}
	if err == nil {
		err = os.WriteFile(missing, nil, 0o600)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("copy the sources of %s: %w", b.name, err)
	}
	return dir, nil
}
