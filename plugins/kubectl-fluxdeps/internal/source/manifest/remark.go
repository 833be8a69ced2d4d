package manifest

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// finding notes a fault.
func (r *reader) finding(rule flux.Rule, object, file string, line int, text string) {
	r.findings = append(r.findings, remark(rule, object, file, line, text))
}

// lost notes something that could not be made out and that may change the graph. The object is the file where that is all that is known.
func (r *reader) lost(rule flux.Rule, object, file string, line int, text string) {
	if object == "" {
		object = file
	}
	r.unchecked = append(r.unchecked, remark(rule, object, file, line, text))
}

func remark(rule flux.Rule, object, file string, line int, text string) flux.Remark {
	return flux.Remark{Rule: rule, Object: object, Origin: &flux.Origin{File: file, Line: line}, Text: short(text)}
}
