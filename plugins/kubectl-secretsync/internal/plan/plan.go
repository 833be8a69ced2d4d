// Package plan decides what to do with each target, from what was read of the
// source and of it. It is pure: no client, no clock, no file.
package plan

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Verb is what is to be done with a target, or why nothing is.
type Verb string

// The verbs.
const (
	Create   Verb = "create"
	Update   Verb = "update"
	Recreate Verb = "recreate"
	Delete   Verb = "delete"
	// Reduce deletes our keys, labels and annotations of a copy that holds keys of
	// others, and leaves the rest.
	Reduce Verb = "reduce"
	// Release takes a plan out of a copy that other plans make too.
	Release   Verb = "release"
	Unchanged Verb = "unchanged"
	// Absent is a copy to delete that is not there.
	Absent Verb = "absent"
	// Skip was asked for: --on-conflict=skip, a special type in a selection, or a
	// selected cluster that this process cannot use.
	Skip Verb = "skip"
	// Conflict is a target that somebody else owns.
	Conflict Verb = "conflict"
	// Forbidden is a target that lacks a permission.
	Forbidden Verb = "forbidden"
	// Refused is what a rule of ours stops.
	Refused Verb = "refused"
	// Failed is a target that could not be read.
	Failed Verb = "failed"
)

// Writes reports whether the verb changes a target.
func (v Verb) Writes() bool {
	return v == Create || v == Update || v == Recreate || v == Delete || v == Reduce || v == Release
}

// Stops reports whether the target does not get what was asked for.
func (v Verb) Stops() bool { return v == Conflict || v == Forbidden || v == Refused || v == Failed }

// Place is one object in one cluster.
type Place struct {
	// Cluster is the cluster's name for people.
	Cluster         string
	Server          address.Address
	Namespace, Name string
}

// Access is whether something is allowed.
type Access int

// What is known of a permission.
const (
	Unknown Access = iota
	Allowed
	Denied
)

// NamespaceState is what is known of a target's namespace.
type NamespaceState int

// The states of a namespace.
const (
	NamespaceUnknown NamespaceState = iota
	NamespaceThere
	NamespaceMissing
	NamespaceEnding
)

// Observation is what was read of a target.
type Observation struct {
	// Object is nil where there is none.
	Object *secret.Snapshot
	// Problem says why the target could not be read.
	Problem *Problem

	Namespace    NamespaceState
	NamespaceUID string
	// Identity is the cluster's UID where it was needed: the namespace does not
	// tell clusters apart, or a pattern has found the cluster.
	Identity string
	Access   Permissions
	// Rehearsed is what the server would make of a write, where that was asked;
	// else nil.
	Rehearsed *secret.Snapshot
	// Owner is what a look-up of the object's owners gave.
	Owner OwnerState
}

// OwnerState is whether those who claim an object are still there.
type OwnerState struct {
	// Gone is true if each has been looked up and is not there.
	Gone bool
	// Why says who is there, or why that cannot be known.
	Why string
}

// Permissions are what may be done in the target's namespace.
type Permissions struct{ Create, Patch, Delete, CreateNamespace Access }

// Problem says what went wrong, for people and for programs.
type Problem struct {
	// Kind is one of a few words, such as timeout or quota.
	Kind string
	// Text is the server's words where it has any, without those that may quote
	// values.
	Text string
	// Said is all that the server said, where Text leaves something out. It is
	// shown where that was asked for, and never logged.
	Said string
	Hint string
}

// Item is one copy that is asked for.
type Item struct {
	Place Place
	// Content is nil where the source itself is refused.
	Content *secret.Content
	// Origin is set also where Content is not.
	Origin secret.Origin
	// Refusal says why the source is not copied; Lift how it can be.
	Refusal, Lift string
	// Selected reports whether the source was not named but found, Matched that of
	// the cluster.
	Selected, Matched bool
	// FromSecret is true if the cluster's kubeconfig was in a Secret.
	FromSecret bool
	// Lost says why a copy that was found is an orphan, "" for other items.
	Lost string
	// Found is the resourceVersion that an orphan was found with.
	Found string
	Seen  Observation
}

// Action is what is to be done with an item.
type Action struct {
	Item
	Verb Verb
	// Reason says why, Hint what would help: the flag that lifts a refusal, or
	// the permission to grant.
	Reason, Hint string
	// Owner is who owns the target instead of us.
	Owner string
	// CreateNamespace reports whether the namespace is created first.
	CreateNamespace bool
	Changes         Changes
	// Work is what a write takes beside the content.
	Work Work
	// Admission are the fields that admission has changed, and would again.
	Admission []string
	// Plans are those that a release leaves in the copy.
	Plans    []string
	Warnings []string

	// holds is who holds the object's fields.
	holds owner.Fields
	// clashes are fields that are to change and are not ours.
	clashes []clash
	// recorded says what is written where the copy holds what it is to hold.
	recorded string
}

// OnConflict says what becomes of targets that are not our copies.
type OnConflict string

// The ways.
const (
	// Fail leaves them and reports a conflict.
	Fail OnConflict = "fail"
	// SkipIt leaves them.
	SkipIt OnConflict = "skip"
	// Adopt takes over those that nobody claims.
	Adopt OnConflict = "adopt"
	// Overwrite takes over also those that somebody claims who is gone.
	Overwrite OnConflict = "overwrite"
)

// Mode says what becomes of keys that a target has beyond the copy's.
type Mode string

// The modes.
const (
	// Merge leaves keys that we did not write.
	Merge Mode = "merge"
	// Exact removes them.
	Exact Mode = "exact"
)

// Options are the rules of a run.
type Options struct {
	OnConflict      OnConflict
	Mode            Mode
	Recreate        bool
	CreateNamespace bool
	// Looks reports whether the plan is only shown: what would hinder a recreation
	// does not matter.
	Looks bool
	// AllowLive overwrites also what has an owner that is there, or that cannot be
	// looked up.
	AllowLive bool
}
