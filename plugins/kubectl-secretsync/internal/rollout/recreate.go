package rollout

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// putBackPatience is what the creation after a deletion may take, whatever the
// target's budget has left: the target has neither Secret meanwhile.
const putBackPatience = 30 * time.Second

// recreate deletes the target and creates it anew. The server validates the new
// one before the old one is touched; should it refuse it all the same, the old
// one is put back.
func (e *Executor) recreate(ctx context.Context, client *api.Client, result *Result) (api.Written, error) {
	a := result.Action
	old, err := client.Secret(ctx, a.Place.Namespace, a.Place.Name)
	if err != nil {
		return api.Written{}, err
	}
	if err := e.rehearse(ctx, client, a, preserved(a, old)); err != nil {
		return api.Written{}, err
	}
	if e.DryRun {
		return api.Written{}, nil
	}
	// The preconditions are of what the plan was made from, not of what was
	// read just now: what has got a finalizer or a key of others since is refused.
	if err := client.Delete(ctx, a.Place, a.Seen.Object.Meta, false); err != nil {
		if declined(err) {
			return api.Written{}, err
		}
		// It may be gone, or going: what creates the new one needs the old one.
		result.old = &old
		if !e.gone(ctx, client, a.Place) {
			return api.Written{}, err
		}
		result.old = nil
	}
	return e.replace(ctx, client, a, old)
}

// preserved is what the new object keeps of the old one.
func preserved(a plan.Action, old secret.Secret) *api.Preserved {
	return &api.Preserved{Meta: old.Meta, Immutable: old.Immutable, Without: []secret.FieldSet{a.Work.Drop, a.Work.Stale}, Owners: a.Work.Owners}
}

// declined reports whether the server did not carry the deletion out, in its own words.
// NotFound is not among these: a proxy may have asked twice.
func declined(err error) bool {
	known := api.AsError(err)
	return known.Reason != "" && known.Code != http.StatusNotFound &&
		known.Code >= http.StatusBadRequest && known.Code < http.StatusInternalServerError
}

// gone reports whether nothing is at the place, and asks for as long as the server may
// take to be back. The time for asking may have run out, or an interrupt have come:
// what is gone has to be replaced all the same.
func (e *Executor) gone(ctx context.Context, client *api.Client, place plan.Place) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackPatience)
	defer cancel()
	for n := range api.Attempts {
		found, err := client.Meta(ctx, place.Namespace, place.Name)
		if err == nil {
			return found == nil
		}
		if failed := api.AsError(err); !failed.Transient() || e.Pause(ctx, api.Wait(n, failed)) != nil {
			break
		}
	}
	return false
}

// rehearse has the server validate the new object while the old one is there:
// it answers AlreadyExists only to what it would have taken.
func (e *Executor) rehearse(ctx context.Context, client *api.Client, a plan.Action, kept *api.Preserved) error {
	_, err := client.Remake(ctx, e.Observer.Prints, a.Place, a.Content, kept, true)
	if err != nil && api.AsError(err).Reason != "AlreadyExists" {
		return err
	}
	return nil
}

// replace creates the new object, else puts the old one back. Neither an interrupt
// nor the end of the budget may leave nothing.
func (e *Executor) replace(ctx context.Context, client *api.Client, a plan.Action, old secret.Secret) (api.Written, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackPatience)
	defer cancel()
	kept := preserved(a, old)
	var refused error
	for n := range api.Attempts {
		written, err := client.Remake(ctx, e.Observer.Prints, a.Place, a.Content, kept, false)
		if err == nil {
			return e.hold(ctx, client, a, old, written), nil
		}
		refused = err
		if found := e.ourNew(ctx, client, a.Item, old); found != nil {
			return *found, nil
		}
		if failed := api.AsError(err); !failed.Transient() || e.Pause(ctx, api.Wait(n, failed)) != nil {
			break
		}
	}
	return api.Written{}, e.putBack(ctx, client, old, refused)
}

// hold gives others back what they held of the old object. Where that fails, the
// next run sees their labels and annotations as held by us and not asked for, and
// leaves them.
func (e *Executor) hold(ctx context.Context, client *api.Client, a plan.Action, old secret.Secret, written api.Written) api.Written {
	if a.Seen.Object == nil {
		a.Seen.Object = &secret.Snapshot{Meta: old.Meta, Type: old.Type}
	}
	if held, err := client.Hold(ctx, a.Place, written, a.Remade()); err == nil {
		written.ResourceVersion = held.ResourceVersion
	}
	return written
}

// ourNew looks whether a creation whose answer was lost was carried out: what is
// there is a copy of the source, or of a source without an ID just what is asked
// for.
func (e *Executor) ourNew(ctx context.Context, client *api.Client, item plan.Item, old secret.Secret) *api.Written {
	found, err := client.Snapshot(ctx, e.Observer.Prints, item.Place.Namespace, item.Place.Name)
	if err != nil || found == nil || found.Meta.UID == old.Meta.UID {
		return nil
	}
	item.Seen.Object = found
	if !found.Meta.CopyOf(item.Origin) && e.Decide(item).Verb != plan.Unchanged {
		return nil
	}
	return &api.Written{UID: found.Meta.UID, ResourceVersion: found.Meta.ResourceVersion}
}

// whyNot says how a creation failed: a server that gave no answer in time, or
// had an error of its own, refused nothing.
func whyNot(err error) string {
	if api.AsError(err).Transient() {
		return "the new Secret could not be created"
	}
	return "the new Secret was refused"
}

// putBack restores the old object, and says so in the error.
func (e *Executor) putBack(ctx context.Context, client *api.Client, old secret.Secret, refused error) error {
	// The time for the new one may have run out; the old one has its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackPatience)
	defer cancel()
	var err error
	for n := range api.Attempts {
		var written api.Written
		if written, err = client.Restore(ctx, old); err == nil {
			// Who held what is best effort.
			_, _ = client.Hold(ctx, plan.Place{Namespace: old.Meta.Namespace, Name: old.Meta.Name}, written, old.Meta.ManagedFields)
			return api.Stuck(whyNot(refused)+", the old one is back", refused)
		}
		failed := api.AsError(err)
		if failed.Reason == "AlreadyExists" {
			return api.Stuck(whyNot(refused)+", and another is there by now", refused)
		}
		if !failed.Transient() || e.Pause(ctx, api.Wait(n, failed)) != nil {
			break
		}
	}
	return api.Stuck(fmt.Sprintf("%s, and the old one COULD NOT BE PUT BACK (%v)", whyNot(refused), err), refused)
}
