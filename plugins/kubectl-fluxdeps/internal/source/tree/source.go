package tree

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// offer is what a source is known to offer.
type offer struct {
	// tree is nil where that is not known, and why says why.
	tree *files.Tree
	why  string
	// waits is true where an object that is not rendered yet may say more.
	waits bool
}

// source returns what a source offers: the folder that the user mapped to it, the
// tree where the source is this repository, or what an ArtifactGenerator copies.
func (r *rendering) source(id flux.ID) offer {
	if known, ok := r.offers[id]; ok {
		return known
	}
	found := r.lookUp(id)
	if !found.waits {
		r.offers[id] = found
	}
	return found
}

func (r *rendering) lookUp(id flux.ID) offer {
	object := r.byID[id]
	var spec gitRepository
	if object != nil {
		_ = decodeSpec(object.JSON, &spec) // of another shape it ignores nothing
	}
	mapped := r.mapped[Ref{id.Kind, id.Namespace, id.Name}]
	switch {
	case mapped != nil:
		return offer{tree: mapped.Artifact(spec.Ignore)}
	case id == r.own:
		return offer{tree: r.artifact(spec.Ignore)}
	case id.Kind == flux.ExternalArtifact:
		return r.generated(id)
	case object == nil:
		return offer{waits: true, why: fmt.Sprintf("%s is not in this tree", id)}
	case id.Kind == flux.GitRepository && r.isTree(spec):
		return offer{tree: r.artifact(spec.Ignore)}
	}
	return offer{why: fmt.Sprintf("%s is not this repository", id)}
}

// artifact is the tree without what a source ignores.
func (r *rendering) artifact(ignore string) *files.Tree {
	if r.artifacts[ignore] == nil {
		r.artifacts[ignore] = r.tree.Artifact(ignore)
	}
	return r.artifacts[ignore]
}

// isTree reports whether a GitRepository is this repository, at the revision of
// the entry's own source as far as that is known.
func (r *rendering) isTree(spec gitRepository) bool {
	urls := r.urls
	if own := r.byID[r.own]; own != nil {
		var of gitRepository
		_ = decodeSpec(own.JSON, &of)
		if urls = append(urls[:len(urls):len(urls)], of.URL); string(of.Ref) != string(spec.Ref) {
			return false
		}
	}
	return sameURL(urls, spec.URL)
}

// sameURL reports whether a URL is one of those of a repository, however it is
// written.
func sameURL(urls []string, other string) bool {
	want := plainURL(other)
	for _, known := range urls {
		if want != "" && plainURL(known) == want {
			return true
		}
	}
	return false
}

// plainURL is host and path of a repository's URL, as git@host:path has them, too.
func plainURL(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = u.Hostname() + "/" + u.Path
	} else if _, after, ok := strings.Cut(text, "@"); ok {
		text = strings.Replace(after, ":", "/", 1)
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(path.Clean(text), "/"), ".git"))
}

// generated plays the ArtifactGenerator that makes an artifact.
func (r *rendering) generated(id flux.ID) offer {
	for _, object := range r.generators {
		var spec artifactGenerator
		if object.id.Namespace != id.Namespace || decodeSpec(object.JSON, &spec) != nil {
			continue
		}
		for _, artifact := range spec.Artifacts {
			if artifact.Name == id.Name {
				return r.play(object.id, spec, artifact.Copy)
			}
		}
	}
	return offer{waits: true, why: fmt.Sprintf("no ArtifactGenerator of this tree makes %s", id)}
}

// play copies as source-watcher does.
func (r *rendering) play(of flux.ID, spec artifactGenerator, rules []copyRule) offer {
	result, _ := files.New(nil, "")
	for _, rule := range rules {
		alias, pattern, ok := strings.Cut(strings.TrimPrefix(rule.From, "@"), "/")
		if !ok || !strings.HasPrefix(rule.To, artifactRoot) || rule.Strategy != "" && rule.Strategy != "Overwrite" {
			return offer{why: fmt.Sprintf("a copy of %s from %s to %s is not known here", of, rule.From, rule.To)}
		}
		from := offer{why: fmt.Sprintf("%s has no source %s", of, alias)}
		for _, source := range spec.Sources {
			if source.Alias == alias {
				from = r.source(flux.Reference{Kind: source.Kind, Name: source.Name, Namespace: source.Namespace}.In(of.Namespace))
			}
		}
		if from.tree == nil {
			return from
		}
		result = result.Join(copied(from.tree, pattern, rule))
	}
	return offer{tree: result}
}

// artifactRoot is how a copy names the artifact.
const artifactRoot = "@artifact/"

// copied is what one copy gives. "folder/**" gives what is in the folder, any
// other path the file or folder itself.
func copied(tree *files.Tree, pattern string, rule copyRule) *files.Tree {
	to := strings.TrimPrefix(rule.To, artifactRoot)
	return tree.Select(func(name string) (string, bool) {
		as, ok := target(tree, pattern, to, name)
		for _, exclude := range rule.Exclude {
			ok = ok && !excluded(exclude, name)
		}
		return as, ok
	})
}

func target(tree *files.Tree, pattern, to, name string) (string, bool) {
	if dir, ok := strings.CutSuffix(pattern, "**"); ok {
		dir = path.Clean(dir)
		if !files.Within(dir, name) {
			return "", false
		}
		return path.Join(to, strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")), true
	}
	pattern = path.Clean(pattern)
	switch match, _ := path.Match(pattern, name); {
	case tree.IsDir(pattern) && files.Within(pattern, name):
		return path.Join(to, path.Base(pattern), strings.TrimPrefix(name, pattern)), true
	case match && (to == "" || strings.HasSuffix(to, "/") || name != pattern):
		return path.Join(to, path.Base(name)), true
	default:
		return to, match
	}
}

// excluded reports whether a pattern of exclude is about a file: "**/x" and "*.x"
// are about names anywhere.
func excluded(pattern, name string) bool {
	pattern = strings.TrimPrefix(pattern, "**/")
	whole, _ := path.Match(pattern, name)
	base, _ := path.Match(pattern, path.Base(name))
	dir, ok := strings.CutSuffix(pattern, "/**")
	return whole || base || ok && (files.Within(dir, name) || strings.Contains("/"+name, "/"+dir+"/"))
}
