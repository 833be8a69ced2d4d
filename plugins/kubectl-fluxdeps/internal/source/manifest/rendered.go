package manifest

import (
	"context"
	"encoding/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Rendered is an object as it would be applied.
type Rendered struct {
	JSON   json.RawMessage
	Origin flux.Origin
	// DependsOn is where each entry of spec.dependsOn is written, as far as that
	// is known.
	DependsOn []flux.Origin
}

// ReadRendered reads objects that were rendered: none of them is a patch, and
// each is as a cluster would get it. Result has no counts of files.
func ReadRendered(ctx context.Context, objects []Rendered) Result {
	r := newReader(ctx, nil)
	for _, o := range objects {
		f := &file{reader: r, source: source{name: o.Origin.File}}
		before := len(r.found)
		f.document(o.JSON, place{line: o.Origin.Line}, typeMeta{}, 0)
		for i := range r.found[before:] {
			if c := &r.found[before+i]; c.MadeBy == nil {
				c.place(o.DependsOn)
			}
		}
	}
	result := Result{Findings: r.findings, Unchecked: r.unchecked, Warnings: r.warnings.all(), Counts: r.counts}
	for _, c := range r.found {
		c.Unsourced = c.lacks != "" && flux.HasDependsOn(c.Kind)
		if c.Unsourced {
			result.Findings = append(result.Findings, remark(flux.RuleRefused, c.ID.String(), c.Origin.File, c.Origin.Line, refusedText(c.lacks)))
		}
		result.Objects = append(result.Objects, c.Object)
	}
	dropRaw(result.Objects)
	return result
}

// place notes where the entries of dependsOn are written.
func (c *candidate) place(entries []flux.Origin) {
	for i := range c.DependsOn {
		if i >= len(entries) || entries[i].File == "" {
			continue
		}
		c.DependsOn[i].Line = entries[i].Line
		if c.DependsOn[i].File = entries[i].File; entries[i].File == c.Origin.File {
			c.DependsOn[i].File = ""
		}
	}
}
