package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/substitute"
)

// rendering is one entry while it is rendered.
type rendering struct {
	builder *build.Builder
	tree    *files.Tree
	mapped  map[Ref]*files.Tree
	urls    []string
	vars    map[string]string
	// own is the entry's own source, which is the tree.
	own flux.ID

	offers    map[flux.ID]offer
	artifacts map[string]*files.Tree
	objects   []*made
	// byID holds the first object of each ID.
	byID       map[flux.ID]*made
	generators []*made
	configs    map[flux.ID]*values
	pending    []*kustomization
	built      map[flux.ID]bool
	reads      map[string]bool
	out        Entry
}

// run renders an entry to the end: builds that don't depend on each other side by
// side. A build waits for values and sources that others may make; when nothing
// else moves, the rest is built without.
func (r *rendering) run(ctx context.Context, e entry) error {
	r.begin(e)
	for len(r.pending) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		ready := slices.DeleteFunc(slices.Clone(r.pending), r.waits)
		if len(ready) == 0 {
			ready = r.pending
		}
		r.pending = slices.DeleteFunc(slices.Clone(r.pending), func(k *kustomization) bool { return slices.Contains(ready, k) })
		r.builds(ready)
	}
	for _, o := range r.objects {
		r.out.Objects = append(r.out.Objects, o.Object)
	}
	return nil
}

// waits reports whether a build may come to more once others are done.
func (r *rendering) waits(k *kustomization) bool {
	return r.lacks(k) || r.source(k.sourceID()).waits
}

func (k *kustomization) sourceID() flux.ID { return k.spec.SourceRef.In(k.id.Namespace) }

// begin builds what the entry begins with.
func (r *rendering) begin(e entry) {
	if e.root != nil {
		r.point(e)
		return
	}
	start := &kustomization{id: flux.ID{Kind: "entry", Name: e.name}, origin: flux.Origin{File: r.tree.From(e.name)}}
	done := outcome{kustomization: start, tree: r.artifact("")}
	if e.build != "" {
		done.result, done.err = r.builder.Run(done.tree, e.build, generate.Spec{})
	} else {
		done.result, done.err = r.builder.Files(done.tree, e.name, e.named)
	}
	r.take(done, nil)
}

// point begins with the Kustomization of a gotk-sync.yaml, or with that which
// flux-operator makes for a FluxInstance.
func (r *rendering) point(e entry) {
	var names []string
	if e.root.kind != "FluxInstance" {
		names = []string{"./" + path.Base(e.root.file)}
	}
	if names != nil {
		done := outcome{kustomization: &kustomization{id: flux.ID{Kind: "entry", Name: e.name}}, tree: r.artifact("")}
		done.result, done.err = r.builder.Files(done.tree, path.Dir(e.root.file), names)
		r.take(done, nil)
		return
	}
	origin := flux.Origin{File: r.tree.From(e.root.file), Line: first(e.root.node)}
	k := &kustomization{id: flux.ID{Kind: flux.Kustomization, Namespace: e.source.Namespace, Name: e.source.Name}, origin: origin}
	k.spec.Path = scalar(e.root.node, "spec", "sync", "path")
	k.spec.SourceRef = flux.Reference{Kind: e.source.Kind, Name: e.source.Name, Namespace: e.source.Namespace}
	r.built[k.id] = true
	r.add(&made{id: k.id, Object: Object{JSON: syncJSON(k), Origin: origin}})
	r.pending = append(r.pending, k)
}

// outcome is one build that ended.
type outcome struct {
	*kustomization
	tree   *files.Tree
	result *build.Result
	err    error
}

// builds runs builds side by side, and takes them in by the order of their names.
func (r *rendering) builds(ready []*kustomization) {
	slices.SortFunc(ready, func(a, b *kustomization) int { return a.id.Compare(b.id) })
	done := make([]outcome, len(ready))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i, k := range ready {
		offered := r.source(k.sourceID())
		done[i] = outcome{kustomization: k, tree: offered.tree}
		if offered.tree == nil {
			done[i].err = &external{offered.why}
			continue
		}
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			done[i].result, done[i].err = r.builder.Run(offered.tree, treePath(k.spec.Path), k.spec.Spec)
		})
	}
	wait.Wait()
	for _, d := range done {
		r.take(d, d.kustomization)
	}
}

// external is the error of a build whose files are elsewhere.
type external struct{ why string }

// Error says why the files are not known.
func (e *external) Error() string { return e.why }

// take takes in what a build gave.
func (r *rendering) take(d outcome, parent *kustomization) {
	if d.err != nil {
		r.failed(d)
		return
	}
	var vars *substitute.Vars
	if parent != nil {
		vars = r.variables(parent)
	}
	for _, name := range d.result.Reads {
		r.reads[d.tree.From(name)] = true
	}
	where := &places{tree: d.tree, files: map[string][]written{}, fallback: d.origin}
	var added []*made
	for _, o := range d.result.Objects {
		m, err := r.object(o, vars, where, parent)
		if err != nil {
			// The controller applies nothing of a build that fails.
			origin, _ := where.object(o)
			r.fault(d.kustomization, origin, fmt.Errorf("post build failed for '%s/%s': %w", o.Kind, o.Name, err))
			return
		}
		if m != nil {
			added = append(added, m)
		}
	}
	r.out.Builds++
	for _, m := range added {
		r.add(m)
	}
}

// object makes an object of a build what the controller applies; nil for one that
// does not matter here, or is not applied.
func (r *rendering) object(o *build.Object, vars *substitute.Vars, where *places, parent *kustomization) (*made, error) {
	if o.Name == "" || o.Kind == "" || o.APIVersion == "" {
		return nil, errors.New("it has no apiVersion, kind or name")
	}
	replaces := vars != nil && !isDisabled(o, substituteMark) && o.HasDollar()
	if !replaces && !matters(o) {
		return nil, nil //nolint:nilnil // no object, and no fault
	}
	before, err := o.JSON()
	if err != nil || !replaces {
		return r.applied(o, before, before, where, parent), err
	}
	text, err := o.YAML()
	if err != nil {
		return nil, err
	}
	after, err := vars.YAML(text)
	if err != nil {
		return nil, err
	}
	return r.applied(o, before, after, where, parent), nil
}

// matters reports whether an object says something of the graph.
func matters(o *build.Object) bool {
	_, isFlux := flux.KindOf(o.APIVersion, o.Kind)
	return isFlux || o.Kind == "ConfigMap" || o.Kind == "Secret" || o.Kind == generatorKind
}

// The marks of kustomize-controller v1.9.5 on objects that it treats otherwise.
const (
	substituteMark = "kustomize.toolkit.fluxcd.io/substitute"
	reconcileMark  = "kustomize.toolkit.fluxcd.io/reconcile"
	applyMark      = "kustomize.toolkit.fluxcd.io/ssa"
)

func isDisabled(o *build.Object, mark string) bool {
	return o.Labels[mark] == "disabled" || o.Annotations[mark] == "disabled"
}

// applied returns an object that the controller applies; nil for another, and for
// one that does not matter here.
func (r *rendering) applied(o *build.Object, before, after []byte, where *places, parent *kustomization) *made {
	if !matters(o) || o.IsLocal() || isDisabled(o, reconcileMark) || strings.EqualFold(o.Labels[applyMark]+o.Annotations[applyMark], "ignore") {
		return nil
	}
	id, isFlux := identity(after)
	m := &made{id: id, parent: parent, Object: Object{JSON: after}}
	if isFlux {
		var d *written
		m.Origin, d = where.object(o)
		m.DependsOn = where.dependsOn(o, before, m.Origin, d)
		if parent != nil {
			m.Parent = &parent.id
			m.JSON = parent.labelled(after)
		}
	}
	return m
}

// failed notes a build that gave nothing, and that what it would apply is not
// known.
func (r *rendering) failed(d outcome) {
	var elsewhere *external
	if errors.As(d.err, &elsewhere) {
		r.out.Opaque = append(r.out.Opaque, d.id.String())
		r.out.Notes = append(r.out.Notes, flux.Remark{
			Rule: flux.RuleExternal, Object: d.id.String(), Origin: &d.origin,
			Text: fmt.Sprintf("what it applies is not known: %s; --source %s=DIR says where its files are", elsewhere.why, Ref{d.sourceID().Kind, d.sourceID().Namespace, d.sourceID().Name}),
		})
		return
	}
	origin := d.origin
	var at *build.FileError
	if errors.As(d.err, &at) && at.File != "" {
		origin = flux.Origin{File: d.tree.From(at.File), Line: at.Line}
	}
	r.fault(d.kustomization, origin, d.err)
}

// fault notes a build that the controller would refuse, or that cannot be made
// here.
func (r *rendering) fault(k *kustomization, origin flux.Origin, err error) {
	r.out.Opaque = append(r.out.Opaque, k.id.String())
	remark := flux.Remark{Rule: flux.RuleBuild, Object: k.id.String(), Origin: &origin, Text: "cannot be built: " + err.Error()}
	switch {
	case errors.Is(err, build.ErrRemote):
		remark.Rule, remark.Text = flux.RuleRemote, "is not built: "+err.Error()
		r.out.Unchecked = append(r.out.Unchecked, remark)
	case errors.Is(err, bound.ErrBeyond), errors.Is(err, substitute.ErrTooLarge), errors.Is(err, fs.ErrPermission):
		remark.Rule, remark.Text = flux.RuleUnreadable, "is not built: "+err.Error()
		r.out.Unchecked = append(r.out.Unchecked, remark)
	default:
		r.out.Findings = append(r.out.Findings, remark)
	}
}

func (r *rendering) note(k *kustomization, rule flux.Rule, text string) {
	r.out.Notes = append(r.out.Notes, flux.Remark{Rule: rule, Object: k.id.String(), Origin: &k.origin, Text: text})
}
