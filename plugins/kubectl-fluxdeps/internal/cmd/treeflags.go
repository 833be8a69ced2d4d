package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree"
)

// treeFlags say how to render a Git tree, as typed.
type treeFlags struct {
	raw                               bool
	root                              string
	entries, sources, resources, vars []string
}

func (f *treeFlags) add(set *pflag.FlagSet) {
	set.BoolVar(&f.raw, "raw", false, "Read the files of a folder as they are, without rendering it as Flux's controllers do.")
	set.StringVar(&f.root, "root", "", "Folder that spec.path begins at, where that is not the Git repository around -f.")
	cli.StringArrayVar(set, &f.entries, "entry", "", "Of a rendered tree, show this entry: the folder that a cluster is pointed at. Repeatable.")
	cli.StringArrayVar(set, &f.sources, "source", "", "Where the files of a source are: KIND/NAMESPACE/NAME=DIR. Repeatable.")
	cli.StringArrayVar(set, &f.resources, "resource", "",
		"A ConfigMap or Secret that substituteFrom takes values from, and that the tree does not hold: KIND/NAMESPACE/NAME=FILE. Repeatable.")
	cli.StringArrayVar(set, &f.vars, "var", "", "A variable for builds that do not set it: NAME=VALUE. Repeatable.")
}

// treeOptions say how to render a Git tree.
type treeOptions struct {
	raw       bool
	root      string
	entries   []string
	sources   []tree.Mapping
	resources []tree.Document
	vars      map[string]string
}

// given reports whether a flag asks for rendering.
func (o treeOptions) given() bool {
	return o.root != "" || len(o.entries)+len(o.sources)+len(o.resources)+len(o.vars) > 0
}

func (f *treeFlags) parse() (treeOptions, error) {
	o := treeOptions{raw: f.raw, root: f.root, vars: map[string]string{}}
	for _, entry := range f.entries {
		o.entries = append(o.entries, filepath.ToSlash(filepath.Clean(entry)))
	}
	for _, text := range f.sources {
		ref, dir, err := parseRef(text, flux.IsSource)
		if err != nil {
			return o, fmt.Errorf("--source: %w", err)
		}
		o.sources = append(o.sources, tree.Mapping{Ref: ref, Dir: dir})
	}
	for _, text := range f.resources {
		ref, file, err := parseRef(text, func(kind string) bool { return kind == "ConfigMap" || kind == "Secret" })
		if err != nil {
			return o, fmt.Errorf("--resource: %w", err)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return o, fmt.Errorf("--resource %s: %w", ref, err)
		}
		o.resources = append(o.resources, tree.Document{Ref: ref, Text: content})
	}
	for _, text := range f.vars {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return o, errors.New("--var: want NAME=VALUE")
		}
		o.vars[name] = value
	}
	if o.raw && o.given() {
		return o, errors.New("--raw goes with none of --root, --entry, --source, --resource and --var")
	}
	return o, nil
}

// parseRef reads KIND/NAMESPACE/NAME=PATH.
func parseRef(text string, isKind func(string) bool) (tree.Ref, string, error) {
	object, path, ok := strings.Cut(text, "=")
	parts := strings.Split(object, "/")
	if !ok || path == "" || len(parts) != 3 {
		return tree.Ref{}, "", fmt.Errorf("%q: want KIND/NAMESPACE/NAME=PATH", text)
	}
	ref := tree.Ref{Kind: parts[0], Namespace: parts[1], Name: parts[2]}
	if kind, err := flux.ParseKind(ref.Kind); err == nil {
		ref.Kind = kind
	}
	if !isKind(ref.Kind) {
		return ref, "", fmt.Errorf("%q: kind %s is not one that is taken here", text, ref.Kind)
	}
	return ref, path, nil
}
