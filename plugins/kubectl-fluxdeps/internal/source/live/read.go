package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Options say what to read.
type Options struct {
	// Namespace to read; empty reads all.
	Namespace string
	// Fallback is the namespace to read where RBAC forbids to list a kind in
	// all of them; empty for none.
	Fallback string
	// Sources reads the sources of all objects, not only those that a verdict
	// rests on.
	Sources bool
}

// ErrNothing is wrapped where no kind could be read at all.
var ErrNothing = errors.New("nothing could be read")

// Read reads a snapshot. Warnings tell what is missing in it and why.
func Read(ctx context.Context, api *API, options Options) (*flux.Snapshot, []string, error) {
	r := &reader{
		api: api, options: options,
		snapshot: &flux.Snapshot{
			Live: true, Absent: map[flux.ID]flux.Absence{}, Unreadable: map[string]string{},
			Listed:   map[string]string{},
			External: map[flux.ExternalID]flux.External{}, AdditiveReadyExpr: map[string]bool{},
		},
		kinds: map[string]kindResult{},
	}
	for _, step := range []func(context.Context) error{
		r.readDependents, r.readTargets, r.readSources, r.readExternal, r.readExpressions, r.readControllers,
	} {
		if err := step(ctx); err != nil {
			return nil, r.warnings, err
		}
	}
	return r.snapshot, r.warnings, nil
}

type reader struct {
	api      *API
	options  Options
	snapshot *flux.Snapshot
	kinds    map[string]kindResult
	// known are versions that were learnt beforehand.
	known    map[string][]string
	pages    []page
	warnings []string
	// controllers is what deployments gave, nil before it was called.
	controllers *controllersResult
}

// kindResult is what a kind's list gave, and for which namespace; empty for
// all.
type kindResult struct {
	listed
	namespace string
	err       error
}

func (r *reader) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// readDependents reads the kinds that have a dependsOn.
func (r *reader) readDependents(ctx context.Context) error {
	kinds := slices.DeleteFunc(flux.Kinds(), func(k flux.KindInfo) bool { return !k.Depends })
	if err := r.knock(ctx, kinds[0]); err != nil {
		return err
	}
	if err := r.listKinds(ctx, kinds); err != nil {
		return err
	}
	lacking, refused := r.without(kinds)
	switch {
	case len(lacking) == len(kinds):
		return fmt.Errorf("%w: the server has no Flux: no %s", ErrNothing, strings.Join(lacking, ", no "))
	case len(lacking)+len(refused) == len(kinds):
		return fmt.Errorf("%w: not allowed to list %s %s: %w", ErrNothing, plurals(refused), r.tried(), r.kinds[refused[0].Kind].err)
	case len(lacking) > 0:
		r.warn("the server has no %s", strings.Join(lacking, " and no "))
	}
	r.warnUnlisted(refused)
	r.warnLimited(kinds)
	return nil
}

// knock asks for the versions of one kind before anything else where an exec
// credential plugin runs within the first request: of several at once, each
// would run one that fails, or that asks for a login.
func (r *reader) knock(ctx context.Context, kind flux.KindInfo) error {
	if !r.api.execPlugin {
		return nil
	}
	versions, err := r.versions(ctx, kind)
	if err != nil {
		return fmt.Errorf("%s: %w", kind.Plural, err)
	}
	r.known = map[string][]string{kind.Kind: versions}
	return nil
}

// listKinds lists the kinds side by side and takes in what they gave. An error
// that is not about one kind alone ends it.
func (r *reader) listKinds(ctx context.Context, kinds []flux.KindInfo) error {
	results := make([]kindResult, len(kinds))
	var group sync.WaitGroup
	for i, kind := range kinds {
		group.Go(func() { results[i] = r.readKind(ctx, kind) })
	}
	group.Wait()
	for i, kind := range kinds {
		if err := r.takeKind(kind, results[i]); err != nil {
			return err
		}
	}
	return nil
}

// versions returns the versions of the kind to try.
func (r *reader) versions(ctx context.Context, kind flux.KindInfo) ([]string, error) {
	if versions, ok := r.known[kind.Kind]; ok {
		return versions, nil
	}
	versions, err := r.api.versions(ctx, kind)
	if apierrors.IsForbidden(err) {
		// Without discovery the newest version is the best guess.
		return kind.Versions[:1], nil
	}
	return versions, err
}

// readKind lists a kind in the namespace wanted, or in the fallback.
func (r *reader) readKind(ctx context.Context, kind flux.KindInfo) kindResult {
	versions, err := r.versions(ctx, kind)
	if err != nil {
		return kindResult{err: err}
	}
	result := kindResult{namespace: r.options.Namespace}
	result.listed, result.err = r.api.list(ctx, kind, versions, result.namespace)
	if apierrors.IsForbidden(result.err) && result.namespace == "" && r.options.Fallback != "" {
		result.namespace = r.options.Fallback
		result.listed, result.err = r.api.list(ctx, kind, versions, result.namespace)
	}
	return result
}

func (r *reader) takeKind(kind flux.KindInfo, result kindResult) error {
	r.kinds[kind.Kind] = result
	switch {
	case result.err == nil:
		r.snapshot.Listed[kind.Kind] = result.namespace
	case errors.Is(result.err, errNoKind):
		r.snapshot.Listed[kind.Kind] = ""
		return nil
	case apierrors.IsForbidden(result.err):
		r.snapshot.Unreadable[kind.Kind] = result.err.Error()
		return nil
	default:
		return fmt.Errorf("%s: %w", kind.Plural, result.err)
	}
	r.snapshot.Objects = append(r.snapshot.Objects, result.objects...)
	r.pages = append(r.pages, result.pages...)
	return nil
}
