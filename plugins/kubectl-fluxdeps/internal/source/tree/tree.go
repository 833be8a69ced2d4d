package tree

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// Render renders what a request asks for. It runs kustomize, which cannot be
// stopped, so it belongs into a process of its own: see Run.
func Render(ctx context.Context, request Request) (Result, error) {
	repository, done, err := open(request.Root, request.Shown, request.Files)
	if err != nil {
		return Result{}, err
	}
	defer done()
	mapped := map[Ref]*files.Tree{}
	for _, m := range request.Sources {
		tree, done, err := open(m.Dir, m.Dir, nil)
		if err != nil {
			return Result{}, fmt.Errorf("--source %s: %w", m.Ref, err)
		}
		defer done()
		mapped[m.Ref] = tree
	}
	configs, err := request.configs()
	if err != nil {
		return Result{}, err
	}
	f := &finder{tree: repository.Artifact(""), urls: request.URLs, closures: map[string]map[string]bool{}}
	f.documents = fluxDocuments(f.tree, request.Dir)
	if why := f.whyRaw(mapped); why != "" {
		return Result{Raw: why}, nil
	}
	result, reads, builder := Result{}, map[string]bool{}, &build.Builder{}
	for _, e := range f.entries() {
		result.Known = append(result.Known, e.name)
		if len(request.Entries) > 0 && !slices.Contains(request.Entries, e.name) {
			continue
		}
		r := &rendering{
			builder: builder, tree: repository, mapped: mapped, urls: request.URLs, vars: request.Vars, own: e.source, reads: reads,
			offers: map[flux.ID]offer{}, artifacts: map[string]*files.Tree{"": f.tree},
			byID: map[flux.ID]*made{}, configs: map[flux.ID]*values{}, built: map[flux.ID]bool{}, out: Entry{Name: e.name},
		}
		for id, v := range configs {
			r.configs[id] = v
		}
		if err := r.run(ctx, e); err != nil {
			return Result{}, err
		}
		result.Entries = append(result.Entries, r.out)
	}
	result.Unread = f.unread(request.Dir, reads)
	return result, nil
}

func open(root, shown string, contents map[string][]byte) (*files.Tree, func(), error) {
	if contents != nil {
		tree, err := files.New(contents, shown)
		return tree, func() {}, err
	}
	opened, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, err
	}
	tree, err := files.Open(opened, shown)
	if err != nil {
		opened.Close()
		return nil, nil, err
	}
	return tree, func() { opened.Close() }, nil
}

// configs reads the ConfigMaps and Secrets that the user gave.
func (r Request) configs() (map[flux.ID]*values, error) {
	found := map[flux.ID]*values{}
	for _, resource := range r.Resources {
		var v values
		if err := bound.Check(resource.Text); err != nil {
			return nil, fmt.Errorf("--resource %s: %w", resource.Ref, err)
		}
		if err := yaml.Unmarshal(resource.Text, &v); err != nil {
			return nil, fmt.Errorf("--resource %s: not a %s", resource.Ref, resource.Kind) // the error would quote it
		}
		found[flux.ID{Kind: resource.Kind, Namespace: resource.Namespace, Name: resource.Name}] = &v
	}
	return found, nil
}

// whyRaw says why a folder is not rendered; empty where it is.
func (f *finder) whyRaw(mapped map[Ref]*files.Tree) string {
	kustomizations := 0
	for _, d := range f.documents {
		if f.renders(d) || f.isCopied(d) || d.kind == "FluxInstance" && f.tree.IsDir(treePath(scalar(d.node, "spec", "sync", "path"))) {
			return ""
		}
		if d.is(flux.Kustomization) {
			kustomizations++
		}
	}
	switch {
	case kustomizations == 0:
		return "it holds no Flux Kustomization"
	case len(mapped) > 0:
		return ""
	default:
		return "no spec.path of its Kustomizations is a folder of this repository"
	}
}

// unread counts the files with objects in the folder that no build reads.
func (f *finder) unread(dir string, reads map[string]bool) int {
	count := 0
	for _, name := range f.tree.Below(dir) {
		if isManifest(name) && !isKustomizationFile(name) && !reads[f.tree.From(name)] && !strings.HasSuffix(name, "gotk-sync.yaml") {
			count++
		}
	}
	return count
}
