package plan

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Orphans tells which copies a plan has made and would make no more.
type Orphans struct {
	// Cluster is the UID of the source cluster, and Namespace that of the
	// sources. Where either is not known, nothing is an orphan.
	Cluster, Namespace string
	// Since is when the sources' namespace was made.
	Since time.Time
	// Plans are the plan's ID and those of plans that it replaces.
	Plans []string
	// Hashed is the plan's ID where it is a hash of the flags: then no call with
	// other flags is the same plan. It is "" where the plan has a name.
	Hashed string
	// Selects reports whether the flags select a source that is there.
	Selects func(secret.Meta) bool
	// AllowLive takes copies as orphans whose source is there; AllowEmpty those
	// whose source's namespace is a newer one.
	AllowLive, AllowEmpty bool
	// Remove says what becomes of keys of others in an orphan.
	Remove RemoveOptions

	places  map[Place]bool
	sources map[string]bool
	uids    map[string]bool
	live    map[string]secret.Meta
}

// Expect adds what the plan makes now: a place is kept whatever is to be in it.
func (o *Orphans) Expect(items []Item) {
	o.places, o.sources, o.uids = map[Place]bool{}, map[string]bool{}, map[string]bool{}
	for _, item := range items {
		o.places[item.Place], o.sources[item.Origin.Name], o.uids[item.Origin.UID] = true, true, true
	}
}

// Live adds the sources that are there by name, though the plan has no copy of them.
func (o *Orphans) Live(sources map[string]secret.Meta) { o.live = sources }

// Expects reports whether the plan makes a copy of the source, wherever.
func (o *Orphans) Expects(source string) bool { return o.sources[source] }

// Copies reports whether the object carries all our marks, and that the plan has
// made it from a Secret of the source's cluster and namespace.
func (o *Orphans) Copies(meta secret.Meta) bool {
	return o.fromHere(meta) && slices.ContainsFunc(meta.Plans(), o.mine)
}

func (o *Orphans) mine(id string) bool { return slices.Contains(o.Plans, id) }

// fromHere reports whether the object carries all our marks and is a copy of a Secret
// of the source's cluster and namespace.
func (o *Orphans) fromHere(meta secret.Meta) bool {
	from := meta.Origin()
	return meta.Ours() && len(validation.IsDNS1123Subdomain(from.Name)) == 0 && from.UID != secret.FromManifest && o.Cluster != "" && from.Cluster == o.Cluster &&
		o.Namespace != "" && from.Namespace == o.Namespace
}

// Left reports whether the plan has made the copy at the place, and that this call
// would not.
func (o *Orphans) Left(meta secret.Meta, place Place) bool {
	return o.places != nil && o.Copies(meta) && !o.places[place] && !o.uids[meta.UID]
}

// Why says why the copy at the place is an orphan, "" where it is none.
func (o *Orphans) Why(meta secret.Meta, place Place) string {
	from := meta.Origin()
	if !o.Left(meta, place) {
		return ""
	}
	if o.sources[from.Name] {
		return "the plan no longer has a copy of " + from.Path() + " here"
	}
	if _, alive := o.live[from.Name]; alive {
		return "its source " + from.Path() + " is no longer selected"
	}
	return "its source " + from.Path() + " is gone"
}

// doubt says why what looks like an orphan is left, and what lifts that; "" where
// there is no doubt.
func (o *Orphans) doubt(meta secret.Meta) (why, hint string) {
	from := meta.Origin()
	source, alive := o.live[from.Name]
	hashed := o.Hashed != "" && slices.Contains(meta.Plans(), o.Hashed)
	switch {
	case !o.sources[from.Name] && alive && o.Selects(source):
		return "its source " + from.Path() + " is there and selected, although the list of sources did not hold it", "look again with --dry-run"
	case o.sources[from.Name], alive && !hashed:
		if o.AllowLive {
			return "", ""
		}
		return "its source " + from.Path() + " is there, and a call with other flags may make it", "--allow-live-source takes it as an orphan all the same"
	case !alive && !o.AllowEmpty && o.Since.After(meta.SyncedAt()):
		return "its source " + from.Path() + " is not there, but namespace " + from.Namespace + " was made after the copy: it may not be restored yet", "--allow-empty goes on all the same"
	default:
		return "", ""
	}
}
