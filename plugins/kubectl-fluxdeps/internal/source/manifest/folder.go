package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// folder is a named folder while it is read. Its files are opened through an
// os.Root, so that no link can make us read a file outside of it, not even one
// that changes meanwhile.
type folder struct {
	*reader
	root *os.Root
	// name is how the user wrote the folder, real its real path.
	name, real string
	files      int
	// failure is the first of the files and folders that could not be read.
	failure string
}

func (r *reader) folder(path string) string {
	root, err := os.OpenRoot(path)
	if err != nil {
		return r.fail(path, err)
	}
	defer root.Close()
	f := &folder{reader: r, root: root, name: filepath.Clean(path), real: realPath(path)}
	// visit returns no error but that of ctx, which Read looks at.
	_ = fs.WalkDir(root.FS(), ".", f.visit)
	switch {
	case f.failure != "":
		return f.failure
	case f.files == 0:
		return "no *.yaml, *.yml or *.json file in it"
	}
	return ""
}

// visit is called for every entry, in the order of names, links not followed.
func (f *folder) visit(rel string, entry fs.DirEntry, err error) error {
	if stop := f.ctx.Err(); stop != nil {
		return stop
	}
	switch {
	case err != nil:
		f.lose(rel, err)
	case entry.Name() == ".git":
		return skip(entry)
	case entry.Type()&fs.ModeSymlink != 0:
		f.link(rel)
	case !entry.IsDir() && (isManifest(rel) || isTemplateOfManifest(rel)):
		f.file(rel)
	}
	return nil
}

// skip leaves out a folder, or the file that git puts in its place.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// link reads a link to a file of the folder. A target that the walk comes to
// by itself, as any folder, is left to the walk: so links cannot make a loop.
func (f *folder) link(rel string) {
	info, err := f.root.Stat(filepath.FromSlash(rel))
	if err != nil {
		f.deadLink(rel, err)
		return
	}
	target, err := filepath.Rel(f.real, realPath(filepath.Join(f.real, rel)))
	if err != nil || info.IsDir() || !isManifest(rel) || isManifest(target) || inGit(target) {
		return
	}
	f.file(rel)
}

// deadLink warns of a link that would have been read.
func (f *folder) deadLink(rel string, err error) {
	info, statErr := os.Stat(filepath.Join(f.real, rel))
	if !isManifest(rel) && (statErr != nil || !info.IsDir()) {
		return
	}
	text := "link not followed: it is absolute or leads out of " + f.name
	if statErr != nil || errors.Is(err, fs.ErrNotExist) {
		text = "link not followed: it leads nowhere"
	}
	f.warnings.add(links(), f.shown(rel), 0, text)
}

// file reads one file of the folder. It looks before it opens, because to
// open a FIFO is to wait for its writer.
func (f *folder) file(rel string) {
	name := filepath.FromSlash(rel)
	info, err := f.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file: it is read only where it is named itself")
	}
	f.files++
	f.charts.note(f.shown(rel))
	if err != nil {
		f.lose(rel, err)
		return
	}
	if f.readBefore(realPath(filepath.Join(f.real, name))) {
		return
	}
	file, err := f.root.Open(name)
	if err != nil {
		f.lose(rel, err)
		return
	}
	defer file.Close()
	text, err := bounded(file)
	if err != nil {
		f.lose(rel, err)
		return
	}
	if isTemplateOfManifest(rel) {
		f.template(rel, text)
		return
	}
	f.note(rel, f.text(source{name: f.shown(rel)}, text))
}

// template warns of a file that Flux objects are made from, and is silent of
// the many templates of other things.
func (f *folder) template(rel string, text []byte) {
	if mentionsFlux(text) {
		why := "not read: a template of Flux objects; templates are not rendered here"
		f.warnings.add(templates(), f.shown(rel), 0, why)
		f.lost(flux.RuleTemplate, "", f.shown(rel), 0, why)
	}
}

// lose notes a file or folder that could not be read.
func (f *folder) lose(rel string, err error) {
	f.note(rel, f.fail(f.shown(rel), err))
}

// note keeps the first reason for which something gave no document.
func (f *folder) note(rel, reason string) {
	if f.failure == "" && reason != "" {
		f.failure = rel + ": " + reason
	}
}

func (f *folder) shown(rel string) string {
	return filepath.Join(f.name, filepath.FromSlash(rel))
}

func isManifest(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	default:
		return false
	}
}

// isTemplateOfManifest knows a template by its second ending, as in ks.yaml.j2.
func isTemplateOfManifest(name string) bool {
	switch ext := filepath.Ext(name); ext {
	case ".j2", ".gotmpl", ".tmpl", ".tpl":
		return isManifest(strings.TrimSuffix(name, ext))
	default:
		return false
	}
}

func inGit(rel string) bool {
	return slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), ".git")
}
