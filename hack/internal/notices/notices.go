// Package notices collects the licenses and notices of everything that the released
// programs link, on all platforms. Their licenses ask to be passed on with the
// programs (BSD, MIT, ISC), as do NOTICE files (Apache-2.0, section 4d).
package notices

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// goProject is what the standard library and the runtime are called.
const goProject = "Go standard library and runtime"

// document matches the names of license files and notices.
var document = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents)([.-].*)?$`)

// collection maps the text of a document to the modules that have it.
type collection map[string][]string

// add collects the documents of a package: those in its folder, and in the folders
// above it in its module, because parts of a module can have licenses of their own.
// For the standard library, the documents of Go apply.
func (c collection) add(p pkg) error {
	name, root, dir := goProject, p.goroot, p.goroot
	if p.Module != nil {
		name, root, dir = p.Module.Path, p.Module.Dir, p.Dir
	}
	found := false
	for ; ; dir = filepath.Dir(dir) {
		texts, err := documents(dir)
		if err != nil {
			return err
		}
		for _, text := range texts {
			found = true
			if !slices.Contains(c[text], name) {
				c[text] = append(c[text], name)
			}
		}
		if dir == root || len(dir) <= len(root) {
			break
		}
	}
	if !found {
		return fmt.Errorf("no license found for package %s in %s", p.ImportPath, root)
	}
	return nil
}

// documents returns the texts of the license files and notices in a folder.
func documents(dir string) (texts []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !document.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	return texts, nil
}

const heading = `THIRD-PARTY NOTICES

kubectl-datum_creds, kubectl-fluxdeps (flux-deps) and kubectl-secretsync contain
the software below. Each text applies to the modules that are listed above it.
`

// String writes each text once, below the modules that have it.
func (c collection) String() string {
	var sections []string
	for text, modules := range c {
		slices.Sort(modules)
		sections = append(sections, strings.Join(modules, "\n")+"\n"+strings.Repeat("-", 80)+"\n"+text+"\n")
	}
	slices.Sort(sections)
	rule := "\n" + strings.Repeat("=", 80) + "\n"
	return heading + rule + strings.Join(sections, rule)
}
