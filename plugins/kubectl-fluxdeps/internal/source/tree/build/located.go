package build

import (
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// guarded is a tree whose files are read within bounds.
type guarded struct{ *files.Tree }

// Read reads a file, unless it is past a bound.
func (g guarded) Read(name string) ([]byte, error) {
	text, err := g.Tree.Read(name)
	if err == nil {
		err = bound.Check(text)
	}
	if err != nil {
		return nil, &FileError{File: name, Err: err}
	}
	return text, nil
}

// located finds the file and line that an error of kustomize is about, as far as
// its text says so, and leaves out the way there.
func located(tree *files.Tree, dir string, err error) error {
	var placed *FileError
	if errors.As(err, &placed) {
		return err
	}
	text := err.Error()
	for _, written := range []string{base() + "/", base() + `\`} {
		text = strings.ReplaceAll(text, written, "")
	}
	text = strings.ReplaceAll(text, base(), ".")
	file := kustomizationFile(tree, dir)
	if folder, rest := innermost(text); folder != "" {
		file, text = kustomizationFile(tree, folder), rest
	}
	if named := lastFile(tree, path.Dir(file), text); named != "" {
		file = named
	}
	return &FileError{File: file, Line: errorLine(tree, file, text), Err: errors.New(oneLine(text))}
}

// innermost returns the folder that kustomize was in when it stopped, and what
// it said there.
func innermost(text string) (folder, rest string) {
	end := -1
	for _, mark := range []string{"recursed accumulation of path '", "couldn't make target for path '"} {
		at := strings.LastIndex(text, mark)
		if named, said, ok := strings.Cut(text[max(0, at+len(mark)):], "': "); at > end && ok {
			end, folder, rest = at, named, strings.TrimRight(said, "'")
		}
	}
	return folder, rest
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// kustomizationFile is the kustomization file of a folder, else the folder.
func kustomizationFile(tree *files.Tree, dir string) string {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if file := path.Join(dir, name); tree.IsFile(file) {
			return file
		}
	}
	return dir
}

var words = regexp.MustCompile(`[^\s'":,()=\[\]]+`)

// lastFile is the last file of the tree that a text names, from the root or from
// the folder.
func lastFile(tree *files.Tree, dir, text string) string {
	last := ""
	for _, word := range words.FindAllString(text, -1) {
		for _, file := range []string{path.Clean(word), path.Join(dir, word)} {
			if tree.IsFile(file) {
				last = file
			}
		}
	}
	return last
}

var (
	lineWord = regexp.MustCompile(`\bline (\d+)`)
	field    = regexp.MustCompile(`unknown field "([^"]+)"`)
)

// errorLine is the line that a text gives, or on which the field stands that it
// names.
func errorLine(tree *files.Tree, file, text string) int {
	if found := lineWord.FindStringSubmatch(text); found != nil {
		line, _ := strconv.Atoi(found[1])
		return line
	}
	if found := field.FindStringSubmatch(text); found != nil {
		if content, err := tree.Read(file); err == nil {
			return lineOf(content, found[1]+":")
		}
	}
	return 0
}
