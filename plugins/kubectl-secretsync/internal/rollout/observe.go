package rollout

import (
	"context"
	"sync"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Needs are the permissions that a run may need, beside get.
type Needs struct {
	Create, Patch, Delete, CreateNamespace bool
	// Proof reports whether metadata do where they prove that nothing differs.
	Proof bool
	// Found reports whether the objects were found; only orphans are read.
	Found bool
}

// Observer reads targets.
type Observer struct {
	Prints   *secret.Fingerprinter
	Needs    Needs
	Parallel int
	// Timeout bounds what one target may take.
	Timeout time.Duration
	// Overall bounds what all targets together may take; 0 does not.
	Overall time.Duration
	// Rehearses returns the write to rehearse where admission may undo it; nil
	// rehearses none.
	Rehearses func(plan.Item) (plan.Action, bool)
	// Owners looks up who claims a target, where that matters; nil looks up none.
	Owners func(plan.Item) []owner.Claim
	// Progress is told after each target; it may be nil.
	Progress func()
}

// Observe reads the targets of all jobs into their items.
func (o Observer) Observe(ctx context.Context, jobs []Job) {
	ctx, cancel := within(ctx, o.Overall)
	defer cancel()
	read := make([]bool, len(jobs))
	each(ctx, len(jobs), o.Parallel, func(i int) {
		o.one(ctx, &jobs[i])
		read[i] = true
		if o.Progress != nil {
			o.Progress()
		}
	})
	o.unread(ctx, jobs, read)
}

// one reads one target: the object, its namespace and the permissions, all at
// the same time, so that a target far away costs one round trip.
func (o Observer) one(ctx context.Context, job *Job) {
	item := &job.Item
	if item.Refusal != "" || item.Seen.Problem != nil {
		return
	}
	if item.Seen.Problem = job.Cluster.broken; item.Seen.Problem != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var object *secret.Snapshot
	var err error
	var around plan.Observation
	read := func() { object, err = o.object(ctx, job.Cluster.client, *item) }
	look := func() { around = o.around(ctx, job) }
	if job.Cluster.runsProgram() {
		// Side by side, each request would run a program that fails.
		if read(); err == nil {
			look()
		}
	} else {
		together(read, look)
	}
	if err != nil {
		problem := api.AsError(err).Problem()
		item.Seen = plan.Observation{Problem: &problem}
		return
	}
	item.Seen, item.Seen.Object = around, object
	o.deeper(ctx, job.Cluster.client, item)
}

// deeper asks the server what metadata do not say.
func (o Observer) deeper(ctx context.Context, client *api.Client, item *plan.Item) {
	item.Seen.Rehearsed = nil
	if o.Rehearses != nil {
		if a, ok := o.Rehearses(*item); ok {
			if written, err := client.Apply(ctx, o.Prints, a, true); err == nil {
				item.Seen.Rehearsed = written.Stored
			}
		}
	}
	if o.Owners != nil && item.Seen.Object != nil {
		if claims := o.Owners(*item); len(claims) > 0 {
			item.Seen.Owner = client.Living(ctx, item.Seen.Object.Meta, claims)
		}
	}
}

// together calls all and returns when each has.
func together(calls ...func()) {
	var group sync.WaitGroup
	for _, call := range calls {
		group.Go(call)
	}
	group.Wait()
}

// around reads the namespace and the permissions.
func (o Observer) around(ctx context.Context, job *Job) plan.Observation {
	client, place := job.Cluster.client, job.Item.Place
	known := job.Cluster.namespace(place.Namespace)
	var patch, remove plan.Access
	together(func() {
		if o.Needs.Patch {
			patch = client.May(ctx, "patch", "secrets", place.Namespace, place.Name)
		}
	}, func() {
		if o.Needs.Delete {
			remove = client.May(ctx, "delete", "secrets", place.Namespace, place.Name)
		}
	}, func() {
		known.once.Do(func() { o.readNamespace(ctx, client, place.Namespace, known) })
	}, func() {
		if job.Item.Matched {
			job.Cluster.identify(ctx)
		}
	})
	seen := plan.Observation{Namespace: known.state, NamespaceUID: known.uid, Identity: known.identity, Access: known.access}
	seen.Access.Patch, seen.Access.Delete = patch, remove
	if seen.Access.Create == plan.Denied && patch != plan.Denied {
		// What is applied is created by name, and may be allowed by name.
		seen.Access.Create = client.May(ctx, "create", "secrets", place.Namespace, place.Name)
	}
	if job.Item.Matched {
		seen.Identity = job.Cluster.identify(ctx)
	}
	return seen
}

// object reads the target, or of it no more than it takes.
func (o Observer) object(ctx context.Context, client *api.Client, item plan.Item) (*secret.Snapshot, error) {
	place := item.Place
	if o.Needs.Found && item.Lost == "" {
		return item.Seen.Object, nil
	}
	if o.Needs.Proof {
		meta, err := client.Meta(ctx, place.Namespace, place.Name)
		if err != nil || meta == nil {
			return nil, err
		}
		if plan.Proven(*meta, item.Content) {
			return &secret.Snapshot{Meta: *meta, Type: item.Content.Type, Data: item.Content.Prints}, nil
		}
	}
	return client.Snapshot(ctx, o.Prints, place.Namespace, place.Name)
}

// readNamespace reads what all items of a namespace share.
func (o Observer) readNamespace(ctx context.Context, client *api.Client, name string, into *namespace) {
	var group sync.WaitGroup
	defer group.Wait()
	if !o.Needs.Create {
		return
	}
	group.Go(func() { into.access.Create = client.May(ctx, "create", "secrets", name, "") })
	if o.Needs.CreateNamespace {
		group.Go(func() { into.access.CreateNamespace = client.May(ctx, "create", "namespaces", "", "") })
	}
	into.state, into.uid = client.Namespace(ctx, name)
	if into.state == plan.NamespaceMissing {
		// Then two addresses of one cluster are told by this alone.
		into.identity = client.Identity(ctx)
	}
}

// Again reads one target anew, as after a conflict. What all of a namespace
// share is not read again.
func (o Observer) Again(ctx context.Context, job *Job) error {
	object, err := job.Cluster.client.Snapshot(ctx, o.Prints, job.Item.Place.Namespace, job.Item.Place.Name)
	if err != nil {
		return err
	}
	job.Item.Seen.Object = object
	o.deeper(ctx, job.Cluster.client, &job.Item)
	return nil
}
