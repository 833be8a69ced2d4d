package manifest

import (
	"path/filepath"
	"strings"
)

// charts are the folders of Helm charts, by their path as it is shown. Their
// templates are no manifests: Helm renders them, and no controller of Flux
// reads them as they are.
type charts map[string]bool

// note takes down the folder of a Chart.yaml, which is read before the folder
// of the templates beside it.
func (c charts) note(file string) {
	if filepath.Base(file) == "Chart.yaml" {
		c[filepath.Dir(file)] = true
	}
}

// has reports whether a file is a template of a chart.
func (c charts) has(file string) bool {
	for dir := filepath.Dir(file); len(c) > 0; dir = filepath.Dir(dir) {
		if filepath.Base(dir) == "templates" && c[filepath.Dir(dir)] {
			return true
		}
		if !strings.ContainsRune(dir, filepath.Separator) || dir == filepath.Dir(dir) {
			return false
		}
	}
	return false
}
