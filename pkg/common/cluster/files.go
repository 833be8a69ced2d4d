package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/glob"
)

// file is one kubeconfig, read alone.
type file struct {
	path   string
	config *clientcmdapi.Config
	text   []byte
}

// Files are the kubeconfigs in which contexts are looked up.
type Files struct{ files []file }

// LoadFile reads one kubeconfig; it must be there.
func LoadFile(path string) (*Files, error) {
	loaded, err := load(path)
	if err != nil {
		return nil, err
	}
	return &Files{[]file{loaded}}, nil
}

// LoadDefault reads the kubeconfigs that kubectl does without --kubeconfig,
// each alone. Those that are not there are left out.
func LoadDefault() (*Files, error) {
	f := &Files{}
	for _, path := range clientcmd.NewDefaultClientConfigLoadingRules().GetLoadingPrecedence() {
		loaded, err := load(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.files = append(f.files, loaded)
	}
	return f, nil
}

func load(path string) (file, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return file{}, fmt.Errorf("kubeconfig %w", err)
	}
	config, err := parse(text)
	if err != nil {
		return file{}, fmt.Errorf("kubeconfig %s: %w", path, err)
	}
	locate(config, path)
	if err := clientcmd.ResolveLocalPaths(config); err != nil {
		return file{}, fmt.Errorf("kubeconfig %s: %w", path, err)
	}
	return file{path, config, text}, nil
}

// locate notes where entries come from, which relative paths are relative to.
func locate(config *clientcmdapi.Config, path string) {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	for _, entry := range config.Clusters {
		entry.LocationOfOrigin = path
	}
	for _, entry := range config.AuthInfos {
		entry.LocationOfOrigin = path
	}
	for _, entry := range config.Contexts {
		entry.LocationOfOrigin = path
	}
}

// Empty reports whether no kubeconfig names any context.
func (f *Files) Empty() bool { return len(f.Contexts()) == 0 }

// Contexts returns the names of all contexts, sorted.
func (f *Files) Contexts() []string {
	var names []string
	for _, one := range f.files {
		for name := range one.config.Contexts {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Current returns the current context's name, empty where none is set.
func (f *Files) Current() string {
	for _, one := range f.files {
		if one.config.CurrentContext != "" {
			return one.config.CurrentContext
		}
	}
	return ""
}

// Match returns the contexts that the pattern names: the one of just that
// name, else all that match it as a glob, in the order of the kubeconfigs.
func (f *Files) Match(pattern string) []string {
	all := f.Contexts()
	if slices.Contains(all, pattern) {
		return []string{pattern}
	}
	return f.inOrder(slices.DeleteFunc(all, func(name string) bool { return !glob.Match(pattern, name) }))
}

// Member returns the cluster of a context. Its entries are taken from the file
// of the context; where it has none of that name, from another, as kubectl
// does, and a warning says so.
func (f *Files) Member(access Access, context string) (Member, []string, error) {
	at := slices.IndexFunc(f.files, func(one file) bool { return one.config.Contexts[context] != nil })
	if at < 0 {
		return Member{}, nil, fmt.Errorf("context %q does not exist", context)
	}
	whole := clientcmdapi.NewConfig()
	entry := f.files[at].config.Contexts[context]
	whole.Contexts[context] = entry
	var warnings []string
	for _, from := range f.order(at) {
		if cluster := from.config.Clusters[entry.Cluster]; cluster != nil {
			warnings = f.crossing(warnings, "cluster", entry.Cluster, context, from, at)
			whole.Clusters[entry.Cluster] = cluster
			break
		}
	}
	for _, from := range f.order(at) {
		if user := from.config.AuthInfos[entry.AuthInfo]; user != nil {
			warnings = f.crossing(warnings, "user", entry.AuthInfo, context, from, at)
			whole.AuthInfos[entry.AuthInfo] = user
			break
		}
	}
	member, err := access.member(whole, context, context)
	return member, warnings, err
}

// order returns the file at first, then the others.
func (f *Files) order(at int) []file {
	return append([]file{f.files[at]}, slices.Delete(slices.Clone(f.files), at, at+1)...)
}

// crossing adds a warning where kubectl would, or we must, take an entry from
// another file than the context's.
func (f *Files) crossing(warnings []string, kind, name, context string, from file, at int) []string {
	own := f.files[at]
	if from.path != own.path {
		return append(warnings, fmt.Sprintf("context %q of %s uses %s %q of %s", context, own.path, kind, name, from.path))
	}
	for _, earlier := range f.files[:at] {
		if earlier.defines(kind, name) {
			return append(warnings, fmt.Sprintf("context %q: %s has %s %q too, which kubectl would take; taken is that of %s",
				context, earlier.path, kind, name, own.path))
		}
	}
	return warnings
}

func (f file) defines(kind, name string) bool {
	if kind == "cluster" {
		return f.config.Clusters[name] != nil
	}
	return f.config.AuthInfos[name] != nil
}
