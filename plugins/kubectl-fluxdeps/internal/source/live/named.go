package live

import (
	"cmp"
	"context"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// parallelGets bounds the requests under way at once for single objects.
const parallelGets = 8

// readTargets reads, one by one, the dependencies that lie outside of what was
// listed.
func (r *reader) readTargets(ctx context.Context) error {
	return r.readNamed(ctx, r.beyondScope(func(object *flux.Object) []flux.ID {
		var targets []flux.ID
		for _, dep := range object.DependsOn {
			if target := object.Target(dep); dep.Name != "" && target.HasDependsOn() {
				targets = append(targets, target)
			}
		}
		return targets
	}))
}

// readSources reads the sources that something is said about: those that a
// Kustomization shares with one it depends on, which verdicts rest on, and
// those of all Kustomizations, which may be ahead of them. Each kind in use is
// listed once; what lies outside of the scope or may not be listed is read one
// by one. Where sources that no verdict rests on may not be listed, nothing is
// said of them.
func (r *reader) readSources(ctx context.Context) error {
	index := flux.NewIndex(r.snapshot.Objects)
	needed := func(object *flux.Object) []flux.ID {
		if object.Source == nil || !flux.HasDependsOn(object.Kind) || !r.options.Sources && !sharesSource(index, object) {
			return nil
		}
		return []flux.ID{object.Source.In(object.Namespace)}
	}
	useful := func(object *flux.Object) []flux.ID {
		if object.Source == nil || object.Kind != flux.Kustomization {
			return needed(object)
		}
		return []flux.ID{object.Source.In(object.Namespace)}
	}
	kinds := r.sourceKinds(needed)
	if err := r.listKinds(ctx, r.sourceKinds(useful)); err != nil {
		return err
	}
	r.warnLimited(kinds)
	beyond := r.beyondScope(needed)
	for _, id := range r.beyondScope(useful) {
		if r.kinds[id.Kind].err == nil && !slices.Contains(beyond, id) && len(beyond) < maxUseful {
			beyond = append(beyond, id)
		}
	}
	if err := r.readNamed(ctx, beyond); err != nil {
		return err
	}
	r.warnRefused(kinds)
	return nil
}

// maxUseful bounds the sources that are read one by one without need.
const maxUseful = 100

// sourceKinds returns the kinds of the sources that wanted names.
func (r *reader) sourceKinds(wanted func(*flux.Object) []flux.ID) []flux.KindInfo {
	used := map[string]bool{}
	for i := range r.snapshot.Objects {
		for _, source := range wanted(&r.snapshot.Objects[i]) {
			used[source.Kind] = true
		}
	}
	var kinds []flux.KindInfo
	for _, kind := range flux.Kinds() {
		if used[kind.Kind] && flux.IsSource(kind.Kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// warnRefused names the kinds that may not be listed and of which not all that
// is in use may be read either.
func (r *reader) warnRefused(kinds []flux.KindInfo) {
	refused := map[string]bool{}
	for id, absence := range r.snapshot.Absent {
		refused[id.Kind] = refused[id.Kind] || absence.Forbidden
	}
	for _, kind := range kinds {
		if why, unlisted := r.snapshot.Unreadable[kind.Kind]; unlisted && refused[kind.Kind] {
			r.warn("%s are left out: %s", kind.Plural, why)
		}
	}
}

// sharesSource reports whether the object depends on one with the same source,
// by the built-in check: only then revisions are compared.
func sharesSource(index *flux.Index, object *flux.Object) bool {
	if object.Kind != flux.Kustomization {
		return false
	}
	for _, dep := range object.DependsOn {
		target := index.Get(object.Target(dep))
		if target != nil && target.Source != nil &&
			target.Source.In(target.Namespace) == object.Source.In(object.Namespace) {
			return true
		}
	}
	return false
}

// beyondScope returns what wanted names of kinds that were listed in one
// namespace only, or that may not be listed, and that is not in the snapshot.
func (r *reader) beyondScope(wanted func(*flux.Object) []flux.ID) []flux.ID {
	if !r.limited() {
		return nil
	}
	index := flux.NewIndex(r.snapshot.Objects)
	seen := map[flux.ID]bool{}
	var beyond []flux.ID
	for i := range r.snapshot.Objects {
		for _, id := range wanted(&r.snapshot.Objects[i]) {
			if r.kinds[id.Kind].leavesOut(id.Namespace) && index.Get(id) == nil && !seen[id] {
				seen[id] = true
				beyond = append(beyond, id)
			}
		}
	}
	return beyond
}

// limited reports whether any kind was listed in one namespace only, or not at
// all.
func (r *reader) limited() bool {
	for _, kind := range r.kinds {
		if kind.namespace != "" || kind.err != nil {
			return true
		}
	}
	return false
}

// leavesOut reports whether objects of the namespace were not listed and may
// be there.
func (k kindResult) leavesOut(namespace string) bool {
	if k.err != nil {
		return apierrors.IsForbidden(k.err)
	}
	return k.namespace != "" && k.namespace != namespace
}

// readNamed reads single objects, a few at a time. What is not there or not
// allowed goes into Absent.
func (r *reader) readNamed(ctx context.Context, ids []flux.ID) error {
	type answer struct {
		body []byte
		err  error
	}
	answers := make([]answer, len(ids))
	each(len(ids), func(i int) {
		kind := r.kinds[ids[i].Kind]
		answers[i].body, answers[i].err = r.api.get(ctx, kind.resource.path(ids[i].Namespace, ids[i].Name), nil, "")
	})
	for i, id := range ids {
		if err := r.takeNamed(id, answers[i].body, answers[i].err); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) takeNamed(id flux.ID, body []byte, err error) error {
	if absent, ok := absence(err); ok {
		r.snapshot.Absent[id] = *absent
		return nil
	}
	if err != nil {
		return err
	}
	object, err := flux.Decode(body)
	if object.Name == "" {
		return cmp.Or(err, errObject)
	}
	object.ID, object.APIVersion = id, r.kinds[id.Kind].resource.apiVersion()
	object.Raw = body
	r.snapshot.Objects = append(r.snapshot.Objects, object)
	return nil
}

// each runs work for 0 to n-1, a few at a time, and waits for all.
func each(n int, work func(int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, parallelGets)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			work(i)
		})
	}
	group.Wait()
}
