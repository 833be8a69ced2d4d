// Package v1alpha1 is the structured output of kubectl fluxdeps. Fields are
// only ever added; readers must ignore what they do not know.
package v1alpha1

import "time"

// APIVersion and the kinds of this package.
const (
	APIVersion          = "fluxdeps.datum.net/v1alpha1"
	DependencyGraphKind = "DependencyGraph"
	// DependencyGraphListKind is of several graphs.
	DependencyGraphListKind = "DependencyGraphList"
)

// DependencyGraph is the output of `kubectl fluxdeps graph -o json|yaml`.
type DependencyGraph struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Source is "cluster" or "files". From files there is no status: states and
	// verdicts are then "unknown" wherever they would rest on one.
	Source string `json:"source"`
	// Entry is what a cluster is pointed at, of a Git tree that was rendered.
	Entry   string  `json:"entry,omitempty"`
	Summary Summary `json:"summary"`
	// Nodes are ordered by namespace, kind and name.
	Nodes []Node `json:"nodes"`
	// Edges are ordered by from, to and type; implied ones are kept and marked.
	Edges []Edge `json:"edges"`
	// Cycles holds, for each knot of objects that wait for each other, one
	// shortest cycle as node ids; the first follows on the last.
	Cycles [][]string `json:"cycles,omitempty"`
	// Deadlocks holds, for each knot of objects that wait for each other in more
	// ways than by dependsOn, one shortest deadlock.
	Deadlocks []Deadlock `json:"deadlocks,omitempty"`
	// FrozenSources holds the sources whose new revisions kustomize-controller
	// passes on to no Kustomization.
	FrozenSources []FrozenSource `json:"frozenSources,omitempty"`
	// StarvedWorkers holds the controllers whose workers all run health checks,
	// some of them on objects that no worker is left for.
	StarvedWorkers []StarvedWorkers `json:"starvedWorkers,omitempty"`
	// Warnings tell what could not be read, and why.
	Warnings []string `json:"warnings,omitempty"`
	// Check is the outcome of --exit-code; absent without it.
	Check *Check `json:"check,omitempty"`
}

// DependencyGraphList is the output where a Git tree has several entries. Their
// graphs are never merged.
type DependencyGraphList struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Items holds a graph for each entry, ordered by entry.
	Items []DependencyGraph `json:"items"`
	// Check is the outcome of --exit-code over all entries; absent without it.
	Check *Check `json:"check,omitempty"`
}

// Check lists the faults that were found, and the things that could not be checked.
type Check struct {
	// Passed is true where there are no findings and nothing unchecked.
	Passed bool `json:"passed"`
	// Checked and NotChecked count. Allowed things count as not checked.
	Checked    CheckCounts `json:"checked"`
	NotChecked CheckCounts `json:"notChecked"`
	// Findings are faults, Unchecked things that could not be checked, and Allowed
	// those of them that --allow-unchecked accepts; each ordered by file and line.
	Findings  []Remark `json:"findings,omitempty"`
	Unchecked []Remark `json:"unchecked,omitempty"`
	Allowed   []Remark `json:"allowed,omitempty"`
	// UnusedAllowances are the values of --allow-unchecked that accept nothing.
	UnusedAllowances []string `json:"unusedAllowances,omitempty"`
}

// CheckCounts counts entries (paths or the cluster), objects and dependencies.
// An unreadable file or document counts as one object.
type CheckCounts struct {
	Entries int `json:"entries"`
	Objects int `json:"objects"`
	Edges   int `json:"edges"`
}

// Remark is one finding, or one thing that could not be checked.
type Remark struct {
	// Rule is cycle, missing-dependency, wrong-kind, refused,
	// invalid-expression, duplicate or build for a finding; unreadable, template,
	// no-source, ambiguous, variable, patch, forbidden, remote or external for a
	// thing not checked.
	Rule string `json:"rule"`
	// Object is the id of the object, or a file or kind if there is no object.
	Object string `json:"object"`
	// File and Line tell where it stands; Line is absent where it is about the
	// whole file.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

// Summary counts what the graph holds.
type Summary struct {
	Nodes    int `json:"nodes"`
	Isolated int `json:"isolated"`
	Edges    int `json:"edges"`
	Cycles   int `json:"cycles"`
	// Deadlocks, FrozenSources and StarvedWorkers count the entries of these
	// lists.
	Deadlocks      int `json:"deadlocks,omitempty"`
	FrozenSources  int `json:"frozenSources,omitempty"`
	StarvedWorkers int `json:"starvedWorkers,omitempty"`
	// States and Verdicts count nodes by state and dependsOn edges by verdict.
	States   map[string]int `json:"states"`
	Verdicts map[string]int `json:"verdicts"`
}

// Node is one object, or a name that is referred to and not there.
type Node struct {
	// ID is Kind/namespace/name; of a kind that is neither Flux's nor one of
	// Kubernetes itself it is Kind.group/namespace/name.
	ID string `json:"id"`
	// APIVersion is absent where what refers to a missing object gives none.
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	// State is ready, reconciling, waiting (for a dependency), failed, pending
	// (no Ready condition yet), unknown, missing or forbidden.
	State string `json:"state"`
	// Reason, Message and Since are of the Ready condition; of an object without
	// one Since is its creation.
	Reason    string     `json:"reason,omitempty"`
	Message   string     `json:"message,omitempty"`
	Since     *time.Time `json:"since,omitempty"`
	Suspended bool       `json:"suspended"`
	// Terminating is true while the object is being deleted; its dependencies
	// then hold nothing back.
	Terminating bool `json:"terminating,omitempty"`
	// Remote is true where the object applies to another cluster, so that what
	// it applies is not in this graph.
	Remote bool `json:"remote,omitempty"`
	// Revision is what was applied last; of a source what it offers.
	Revision string `json:"revision,omitempty"`
	// Source is the id of the object that manifests or chart come from.
	Source string `json:"source,omitempty"`
	// ControllerSays is the controller's reason for waiting where it is another
	// than the verdicts come to: its status may be one requeue old, and names
	// the first dependency only.
	ControllerSays string `json:"controllerSays,omitempty"`
	// NeverReconciled is set where no controller got anywhere with the object.
	NeverReconciled *NeverReconciled `json:"neverReconciled,omitempty"`
	// Behind is set where a Kustomization has not applied what its source offers.
	Behind *Behind `json:"behind,omitempty"`
	// Starved is true where the object waits for a worker: see StarvedWorkers.
	Starved bool `json:"starved,omitempty"`
	// SuspendedWaits are ids of suspended objects that the object's health waits
	// for.
	SuspendedWaits []string `json:"suspendedWaits,omitempty"`
	// Isolated is true where no edge of the whole graph begins or ends here, nor
	// a wait of a deadlock.
	Isolated bool `json:"isolated"`
	// MadeBy is the id of the ResourceSet in which the object stands literally,
	// for files.
	MadeBy string `json:"madeBy,omitempty"`
	// File and Line tell where the object was read, for files.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Edge says that From needs To.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Type is dependsOn, source, health or parent.
	Type string `json:"type"`
	// Verdict judges a dependsOn edge: ok, suspended-but-ok, unknown,
	// reconciling, not-ready, stale-generation, stale-revision, expr-false,
	// expr-error, forbidden, missing, wrong-kind, cycle or deadlock.
	Verdict string `json:"verdict,omitempty"`
	// Met reports whether the controller lets From pass; absent where that is not
	// known.
	Met *bool `json:"met,omitempty"`
	// Message is what the controller writes when this edge is the first of From
	// that stops it.
	Message string `json:"message,omitempty"`
	// Detail says what the verdict rests on, Hint what was probably meant.
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"`
	// Implied is true where a longer path of dependsOn edges says the same.
	Implied bool `json:"implied"`
	// Assumed is true where To was found by its name alone, because one of the
	// two objects states no namespace.
	Assumed bool `json:"assumed,omitempty"`
	// Line is where the entry stands in From's file, or in File where a patch in
	// another file adds it.
	Line int    `json:"line,omitempty"`
	File string `json:"file,omitempty"`
}
