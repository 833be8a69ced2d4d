package docs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// valid validates a document against the schema of its apiVersion and kind, in
// which no field may be missing here: readers ignore what they do not know, we do
// not.
func valid(t *testing.T, text string) (kind string, err error) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	fields, _ := document.(map[string]any)
	kind, _ = fields["kind"].(string)
	apiVersion, _ := fields["apiVersion"].(string)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", strict(schemaOf(t, apiVersion, kind))); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return kind, schema.Validate(document)
}

func schemaOf(t *testing.T, apiVersion, kind string) (schema any) {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "schemas", strings.ReplaceAll(apiVersion, "/", "_")+"_"+kind+".json"))
	if err != nil {
		t.Fatalf("%q of %q has no schema: %v", kind, apiVersion, err)
	}
	if schema, err = jsonschema.UnmarshalJSON(strings.NewReader(string(text))); err != nil {
		t.Fatal(err)
	}
	return schema
}

// strict allows no field beside those that a schema names.
func strict(schema any) any {
	fields, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	for _, inner := range fields {
		strict(inner)
	}
	if properties, named := fields["properties"].(map[string]any); named && fields["type"] == "object" && properties != nil {
		fields["additionalProperties"] = false
	}
	return schema
}

// TestSchemas validates what the commands really print.
func TestSchemas(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	m.broken(t)
	m.conflict(t)
	m.twoEntries(t)
	const to = " ghcr-pull -n flux-system --from-context management --to-context 'prod-*' -o json"
	seen := map[string]int{}
	for _, command := range []string{
		"kubectl fluxdeps --context management -o json --all --edges source,health,parent",
		"kubectl fluxdeps --context management -n kube-public -o json",
		"kubectl fluxdeps -f clusters/production -o json",
		"kubectl fluxdeps -f two -o json",
		"kubectl secretsync copy --dry-run" + to,
		"kubectl secretsync copy" + to,
		"kubectl secretsync status" + to,
		"kubectl secretsync diff" + to,
		"kubectl secretsync delete" + to,
		"kubectl datum-creds sessions -o json",
		"DATUM_CREDS_HOME=$PWD/empty kubectl datum-creds sessions -o json",
		"kubectl datum-creds status -o json",
		"kubectl datum-creds doctor -o json",
		"kubectl datum-creds get-token -o json",
		"kubectl fluxdeps version -o json",
		"kubectl secretsync version -o json",
		"kubectl datum-creds version -o json",
	} {
		said, _ := m.shell(t, command+" 2>/dev/null") // some have found something
		kind, err := valid(t, said)
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, said)
		}
		seen[kind]++
	}
	files, err := filepath.Glob(filepath.Join(m.root, "docs", "schemas", "*.json"))
	if err != nil || len(files) != len(seen) {
		t.Errorf("%d schemas and outputs of %v, %v", len(files), seen, err)
	}
}

// TestSchemasRefuse: the schemas do hold something.
func TestSchemasRefuse(t *testing.T) {
	const good = `{"apiVersion": "plugins.datum.net/v1alpha1", "kind": "VersionInfo", "name": "x", "version": "v1", "goVersion": "go", "platform": "p"%s}`
	for more, ok := range map[string]bool{"": true, `, "version": 1`: false, `, "new": 1`: false, `, "modified": "yes"`: false} {
		if _, err := valid(t, fmt.Sprintf(good, more)); (err == nil) != ok {
			t.Errorf("%q: %v", more, err)
		}
	}
}

// TestSamples validates the documents that pages show.
func TestSamples(t *testing.T) {
	root, found := pages(t)
	samples := 0
	for _, page := range found {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		blocks, _ := parse(string(text))
		for _, b := range blocks {
			if b.language != "json" {
				continue
			}
			samples++
			if !json.Valid([]byte(b.text)) {
				t.Errorf("%s:%d is not JSON", page, b.line)
			} else if _, err := valid(t, b.text); err != nil {
				t.Errorf("%s:%d: %v", page, b.line, err)
			}
		}
	}
	if samples == 0 {
		t.Error("no page shows a document")
	}
}
