package fluxplugin

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
)

// CheckArchive checks that the archive at a path is the platform's, and that the
// Flux CLI finds the program in it. It is stricter than that: paths that lead
// outside, which the CLI passes over, are errors.
func CheckArchive(p *Plugin, on Platform, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := fmt.Sprintf("sha256:%x", sha256.Sum256(data)); sum != on.Checksum {
		return fmt.Errorf("%s: its checksum is %s, and not %s", filepath.Base(path), sum, on.Checksum)
	}
	files, err := archive.Read(path)
	if err != nil {
		return err
	}
	bin := p.Bin
	if on.OS == "windows" {
		bin += ".exe"
	}
	if on.ExtractPath != "" {
		bin = on.ExtractPath
	}
	if !slices.ContainsFunc(files, func(f archive.File) bool { return f.Name == bin }) {
		return fmt.Errorf("%s: no %s in it", filepath.Base(path), bin)
	}
	return nil
}
