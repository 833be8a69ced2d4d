package v1alpha1

import "time"

// Deadlock is a way round of waits of which not all are dependsOn; the first
// follows on the last.
type Deadlock struct {
	Waits []Wait `json:"waits"`
}

// Wait says that From gets no further before To does.
type Wait struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Type is dependsOn, health (From is ready only after To) or parent (From is
	// applied by To).
	Type string `json:"type"`
}

// FrozenSource is a source whose Kustomizations have a cycle in their dependsOn,
// so that kustomize-controller drops the event of each new revision: they keep
// what they have applied until their interval.
type FrozenSource struct {
	// Source is the id of the source.
	Source string `json:"source"`
	// Shard is the key of the shard whose Kustomizations this is about; absent
	// for those without one.
	Shard string `json:"shard,omitempty"`
	// Cycles holds one shortest cycle for each knot. Entries with a readyExpr
	// count too.
	Cycles [][]string `json:"cycles"`
	// Users are the Kustomizations of the source, Behind those of them that have
	// not applied its revision because of the cycle.
	Users  []string `json:"users"`
	Behind []string `json:"behind,omitempty"`
}

// StarvedWorkers is a controller whose workers all run health checks.
type StarvedWorkers struct {
	// Controller is the name of the controller.
	Controller string `json:"controller"`
	// Shard is the key of the controller's shard; absent for the objects without
	// one.
	Shard string `json:"shard,omitempty"`
	// Workers is how many objects it reconciles at once (--concurrent).
	Workers int `json:"workers"`
	// Parents run health checks, Children are what these wait for and no worker
	// is left for.
	Parents  []string `json:"parents"`
	Children []string `json:"children"`
}

// NeverReconciled describes an object that was never reconciled.
type NeverReconciled struct {
	// Since is when the object was created.
	Since *time.Time `json:"since,omitempty"`
	// Why is absent where no reason is known.
	Why string `json:"why,omitempty"`
}

// Behind describes a Kustomization that has not applied its source's revision.
type Behind struct {
	// Source is the id of the source.
	Source string `json:"source"`
	// From is the revision that was applied last, absent for none; To is the
	// source's.
	From string `json:"from,omitempty"`
	To   string `json:"to"`
	// Since is when the source stored To.
	Since *time.Time `json:"since,omitempty"`
	// Why is frozen-source, suspended, reconciling, failed, waits-for-dependency
	// or not-looked-at.
	Why string `json:"why"`
	// Cycle is the dependsOn cycle that freezes the source.
	Cycle []string `json:"cycle,omitempty"`
	// Interval is after what time the controller looks at the object without any
	// event, as Go writes durations.
	Interval string `json:"interval,omitempty"`
}
