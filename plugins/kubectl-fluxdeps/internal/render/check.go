package render

import (
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
)

// ShowsCheck reports whether Write writes the outcome of a check in the format.
func ShowsCheck(o Options) bool {
	switch o.Format {
	case "text", "wide":
		return !o.NoHeaders
	case "json", "yaml":
		return true
	default:
		return false
	}
}

// CheckText is the outcome of a check for people: a line for each remark, and
// one that counts.
func CheckText(r *gate.Report) string {
	var b strings.Builder
	for _, list := range []struct {
		severity string
		remarks  []flux.Remark
	}{{"error", r.Findings}, {"unchecked", r.Unchecked}, {"allowed", r.Allowed}} {
		for _, remark := range list.remarks {
			b.WriteString(remarkText(list.severity, remark))
		}
	}
	fmt.Fprintf(&b, "%s checked; %s not\n", countsText(r.Checked), countsText(r.NotChecked))
	return b.String()
}

func remarkText(severity string, r flux.Remark) string {
	text := r.Text
	if r.Origin == nil || r.Object != r.Origin.File {
		text = r.Object + " " + text
	}
	if place := r.Place(); place != "" {
		severity = place + "  " + severity
	}
	return output.Text(severity+"  "+string(r.Rule)+"  "+oneLine(text)) + "\n"
}

func countsText(c gate.Counts) string {
	return plural(c.Entries, "entry", "entries") + ", " + plural(c.Objects, "object", "objects") + " and " + plural(c.Edges, "dependency", "dependencies")
}

func documentCheck(r *gate.Report) *v1alpha1.Check {
	if r == nil {
		return nil
	}
	check := &v1alpha1.Check{
		Passed: r.Passed(), Checked: v1alpha1.CheckCounts(r.Checked), NotChecked: v1alpha1.CheckCounts(r.NotChecked),
		Findings: remarks(r.Findings), Unchecked: remarks(r.Unchecked), Allowed: remarks(r.Allowed),
	}
	for _, unused := range r.Unused {
		check.UnusedAllowances = append(check.UnusedAllowances, unused.String())
	}
	return check
}

func remarks(list []flux.Remark) []v1alpha1.Remark {
	var out []v1alpha1.Remark
	for _, r := range list {
		remark := v1alpha1.Remark{Rule: string(r.Rule), Object: r.Object, Text: r.Text}
		if r.Origin != nil {
			remark.File, remark.Line = r.Origin.File, r.Origin.Line
		}
		out = append(out, remark)
	}
	return out
}
