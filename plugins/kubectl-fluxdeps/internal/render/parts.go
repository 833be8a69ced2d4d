package render

import (
	"errors"
	"io"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output/jsonpath"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// Part is one of several graphs that are shown apart, and how to write it.
type Part struct {
	Graph *graph.Graph
	Options
}

// ErrOnePicture is returned for several graphs in a format that draws one.
var ErrOnePicture = errors.New("a picture shows one entry")

// WriteParts writes the graphs one after the other, never merged. The check is of
// all of them; nil where none was asked for.
func WriteParts(w io.Writer, parts []Part, check *gate.Report) error {
	if len(parts) == 1 {
		parts[0].Check = check
		return Write(w, parts[0].Graph, parts[0].Options)
	}
	switch format := parts[0].Format; format {
	case "dot", "mermaid":
		return ErrOnePicture
	case "text", "wide":
		return writeTexts(w, parts, check)
	case "name":
		return each(parts, func(p Part) error { return Write(w, p.Graph, p.Options) })
	case "json":
		return output.WriteJSON(w, documents(parts, check))
	case "yaml":
		return output.WriteYAML(w, documents(parts, check))
	default:
		list := documents(parts, check)
		return jsonpath.Write(w, &list, format)
	}
}

func each(parts []Part, write func(Part) error) error {
	for _, p := range parts {
		if err := write(p); err != nil {
			return err
		}
	}
	return nil
}

// writeTexts writes a table for each entry below its name.
func writeTexts(w io.Writer, parts []Part, check *gate.Report) error {
	for i, p := range parts {
		title := bold("entry "+output.Text(p.Entry), p.Color) + "\n"
		if i > 0 {
			title = "\n" + title
		}
		if _, err := io.WriteString(w, title); err != nil {
			return err
		}
		if err := Write(w, p.Graph, p.Options); err != nil {
			return err
		}
	}
	if check == nil || slices.ContainsFunc(parts, func(p Part) bool { return p.NoHeaders }) {
		return nil
	}
	_, err := io.WriteString(w, "\n"+CheckText(check))
	return err
}

func documents(parts []Part, check *gate.Report) v1alpha1.DependencyGraphList {
	list := v1alpha1.DependencyGraphList{
		APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.DependencyGraphListKind,
		Items: make([]v1alpha1.DependencyGraph, 0, len(parts)), Check: documentCheck(check),
	}
	for _, p := range parts {
		list.Items = append(list.Items, Document(p.Graph, p.Options))
	}
	return list
}
