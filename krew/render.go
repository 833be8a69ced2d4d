package krew

import (
	"bytes"
	"fmt"
	"text/template"
)

// Render fills in a template as krew-release-bot v0.0.51 does
// (pkg/source/template.go): .TagName, and addURIAndSha, which takes an address
// that is a template itself. sum returns the SHA-256 of what an address leads to.
func Render(manifest, tag string, sum func(uri string) (string, error)) ([]byte, error) {
	values := struct{ TagName string }{tag}
	functions := template.FuncMap{
		"addURIAndSha": func(address, tag string) (string, error) {
			uri, err := execute(address, nil, struct{ TagName string }{tag})
			if err != nil {
				return "", err
			}
			hex, err := sum(string(uri))
			// The second line stands under the first in a list item four deep.
			return fmt.Sprintf("uri: %s\n    sha256: %s", uri, hex), err
		},
	}
	return execute(manifest, functions, values)
}

func execute(text string, functions template.FuncMap, values any) ([]byte, error) {
	parsed, err := template.New("manifest").Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, values)
	return out.Bytes(), err
}
