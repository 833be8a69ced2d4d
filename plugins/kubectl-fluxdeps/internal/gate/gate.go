// Package gate decides whether a graph passes a check. It fails closed: an unknown
// that could change the graph does not pass. It is pure: no client, no file, no
// clock.
package gate

import (
	"cmp"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// Input is the graph to check.
type Input struct {
	// Graph is the whole graph of the snapshot.
	Graph    *graph.Graph
	Snapshot *flux.Snapshot
	// Shown reports whether the object is in the part that was asked for: only
	// its findings count. An unreadable file counts in any case.
	Shown func(flux.ID) bool
	// Allowances accept things that could not be checked.
	Allowances []Allowance
}

// Counts are numbers of entries, objects and dependencies.
type Counts struct{ Entries, Objects, Edges int }

// Report is the outcome.
type Report struct {
	// Findings are faults, Unchecked things that could not be checked, and Allowed
	// those of them that an allowance accepts; each ordered by place.
	Findings, Unchecked, Allowed []flux.Remark
	// Unused are the allowances that accept nothing.
	Unused []Allowance
	// Checked and NotChecked count. Allowed things count as not checked.
	Checked, NotChecked Counts
}

// Passed reports whether everything was checked, or allowed, and nothing found.
func (r *Report) Passed() bool { return len(r.Findings)+len(r.Unchecked) == 0 }

// Check judges the input.
func Check(in Input) *Report {
	c := checker{Input: in, report: &Report{}}
	c.snapshot()
	c.objects()
	c.edges()
	c.cycles()
	c.deadlocks()
	c.frozen()
	c.allow()
	c.order()
	return c.report
}

type checker struct {
	Input
	report *Report
	// unclear are the objects and places that could not be checked.
	unclear map[string]bool
}

func (c *checker) find(r flux.Remark) { c.report.Findings = append(c.report.Findings, r) }

// shows reports whether a remark counts: not one about an object of the graph
// that was not asked for.
func (c *checker) shows(object string) bool {
	pattern, err := flux.ParsePattern(object)
	if err != nil || pattern.Namespace == nil {
		return true
	}
	id := flux.ID{Kind: pattern.Kind, Namespace: *pattern.Namespace, Name: pattern.Name}
	return c.Graph.Node(id) == nil || c.Shown(id)
}

// snapshot takes over the remarks of the reader.
func (c *checker) snapshot() {
	c.unclear = map[string]bool{}
	for _, r := range c.Snapshot.Findings {
		if c.shows(r.Object) {
			c.find(r)
		}
	}
	for _, r := range c.Snapshot.Unchecked {
		if !c.shows(r.Object) {
			continue
		}
		c.report.Unchecked = append(c.report.Unchecked, r)
		if key := r.Object + "\x00" + r.Place(); !c.unclear[key] {
			c.unclear[key], c.unclear[r.Object] = true, true
			c.report.NotChecked.Objects++
		}
	}
	c.report.NotChecked.Entries = c.Snapshot.EntriesLost
	c.report.Checked.Entries = c.Snapshot.Entries - c.Snapshot.EntriesLost
}

// allow moves the remarks that an allowance accepts.
func (c *checker) allow() {
	used := make([]bool, len(c.Allowances))
	var left []flux.Remark
	for _, r := range c.report.Unchecked {
		accepted := false
		for i, a := range c.Allowances {
			if a.accepts(r) {
				used[i], accepted = true, true
			}
		}
		if accepted {
			c.report.Allowed = append(c.report.Allowed, r)
		} else {
			left = append(left, r)
		}
	}
	c.report.Unchecked = left
	for i, a := range c.Allowances {
		if !used[i] {
			c.report.Unused = append(c.report.Unused, a)
		}
	}
}

func (c *checker) order() {
	for _, list := range [][]flux.Remark{c.report.Findings, c.report.Unchecked, c.report.Allowed} {
		slices.SortStableFunc(list, compare)
	}
}

func compare(a, b flux.Remark) int {
	var none flux.Origin
	from, to := cmp.Or(a.Origin, &none), cmp.Or(b.Origin, &none)
	return cmp.Or(cmp.Compare(from.File, to.File), cmp.Compare(from.Line, to.Line),
		cmp.Compare(a.Object, b.Object), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
}
