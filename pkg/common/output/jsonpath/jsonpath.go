// Package jsonpath prints documents through templates of kubectl's jsonpath.
package jsonpath

import (
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/util/jsonpath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// Format begins the format that takes a template: jsonpath=TEMPLATE.
const Format = "jsonpath="

// Is reports whether the format is a template.
func Is(format string) bool { return strings.HasPrefix(format, Format) }

// Check tells why the format's template cannot be used.
func Check(format string) error {
	_, err := parse(format)
	return err
}

// Write prints what the template says of the document, a pointer to a
// structure, with control characters escaped. Like kubectl get, it takes a field
// that is not there for an empty one.
func Write(w io.Writer, document any, format string) error {
	path, err := parse(format)
	if err != nil {
		return err
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(document)
	if err != nil {
		return err
	}
	escape(content)
	if err := path.Execute(w, content); err != nil {
		return fmt.Errorf("--output=%q: %w", format, err)
	}
	return nil
}

// escape makes all text in a document safe to print: it may be a server's.
func escape(value any) any {
	switch value := value.(type) {
	case string:
		return output.Text(value)
	case map[string]any:
		for key := range value {
			value[key] = escape(value[key])
		}
	case []any:
		for i := range value {
			value[i] = escape(value[i])
		}
	}
	return value
}

func parse(format string) (*jsonpath.JSONPath, error) {
	path := jsonpath.New("output").AllowMissingKeys(true)
	if err := path.Parse(strings.TrimPrefix(format, Format)); err != nil {
		return nil, fmt.Errorf("--output=%q: %w", format, err)
	}
	return path, nil
}
