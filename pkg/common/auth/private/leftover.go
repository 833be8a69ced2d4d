package private

import (
	"os"
	"path/filepath"
	"strings"
)

// partMark is in the name of each temporary file of Write, before a random number.
const partMark = ".part-"

// Leftovers returns the names of the temporary files beside a file. Write or
// Reserve made them; they are leftovers if no process is writing the file now.
func Leftovers(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	next, part := filepath.Base(NextPath(path)), partPrefix(path)
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); name == next || strings.HasPrefix(name, part) {
			names = append(names, name)
		}
	}
	return names, nil
}

func partPrefix(path string) string { return "." + filepath.Base(path) + partMark }
