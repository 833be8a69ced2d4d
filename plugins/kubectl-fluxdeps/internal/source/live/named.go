package live

import (
	"context"
	"sync"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// parallelGets bounds the requests under way at once for single objects.
const parallelGets = 8

// readTargets reads, one by one, the dependencies that lie outside of the
// namespace that was listed.
func (r *reader) readTargets(ctx context.Context) error {
	return r.readNamed(ctx, r.beyondScope(func(object *flux.Object) []flux.ID {
		var targets []flux.ID
		for _, dep := range object.DependsOn {
			if target := object.Target(dep); dep.Name != "" && flux.HasDependsOn(target.Kind) {
				targets = append(targets, target)
			}
		}
		return targets
	}))
}

// readSources reads the sources that verdicts rest on: those that a
// Kustomization shares with one it depends on. Each kind in use is listed
// once, what lies outside of the scope is read one by one.
func (r *reader) readSources(ctx context.Context) error {
	index := flux.NewIndex(r.snapshot.Objects)
	wanted := func(object *flux.Object) []flux.ID {
		if object.Source == nil || !flux.HasDependsOn(object.Kind) {
			return nil
		}
		if !r.options.Sources && !sharesSource(index, object) {
			return nil
		}
		return []flux.ID{object.Source.In(object.Namespace)}
	}
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
	if err := r.readKinds(ctx, kinds); err != nil {
		return err
	}
	return r.readNamed(ctx, r.beyondScope(wanted))
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
// namespace only, and that is not in the snapshot.
func (r *reader) beyondScope(wanted func(*flux.Object) []flux.ID) []flux.ID {
	if !r.limited() {
		return nil
	}
	index := flux.NewIndex(r.snapshot.Objects)
	seen := map[flux.ID]bool{}
	var beyond []flux.ID
	for i := range r.snapshot.Objects {
		for _, id := range wanted(&r.snapshot.Objects[i]) {
			kind, listed := r.kinds[id.Kind]
			outside := listed && kind.err == nil && kind.namespace != "" && kind.namespace != id.Namespace
			if outside && index.Get(id) == nil && !seen[id] {
				seen[id] = true
				beyond = append(beyond, id)
			}
		}
	}
	return beyond
}

// limited reports whether any kind was listed in one namespace only.
func (r *reader) limited() bool {
	for _, kind := range r.kinds {
		if kind.namespace != "" {
			return true
		}
	}
	return false
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
		return err
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
