package clitest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// module is the import path of the product.
const module = "github.com/datum-cloud/kubectl-plugins/"

// Schema fails where dir does not hold the JSON schema of a documented output,
// which is called after its apiVersion and kind; with -update it writes it.
// root is the top folder, whose sources have the words for the fields.
func Schema(t *testing.T, document any, apiVersion, kind, root, dir string) {
	t.Helper()
	s := &schemas{t: t, root: root, definitions: map[string]any{}, comments: map[string]map[string]string{}}
	schema := s.object(reflect.TypeOf(document))
	schema["$schema"], schema["title"] = "https://json-schema.org/draft/2020-12/schema", kind
	if len(s.definitions) > 0 {
		schema["$defs"] = s.definitions
	}
	for field, value := range map[string]string{"apiVersion": apiVersion, "kind": kind} {
		if property, ok := schema["properties"].(map[string]any)[field].(map[string]any); ok {
			property["const"] = value
		}
	}
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ReplaceAll(apiVersion, "/", "_") + "_" + kind + ".json"
	committed(t, filepath.Join(dir, name), append(text, '\n'))
}

// committed fails where the file holds something else; with -update it writes it.
func committed(t *testing.T, file string, want []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // documentation is for all to read
			t.Fatal(err)
		}
		if err := os.WriteFile(file, want, 0o644); err != nil { //nolint:gosec // documentation is for all to read
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != string(want) {
		t.Errorf("%s is not what the code says (%v); make generate writes it anew", file, err)
	}
}

// schemas makes schemas of Go types.
type schemas struct {
	t           *testing.T
	root        string
	definitions map[string]any
	// comments are those of types and fields, by package, as T and T.Field.
	comments map[string]map[string]string
}

// of is the schema of a type; one with a name is defined once and referred to.
func (s *schemas) of(t reflect.Type) map[string]any {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Struct:
		if _, known := s.definitions[t.Name()]; !known {
			s.definitions[t.Name()] = nil // one that holds itself ends here
			s.definitions[t.Name()] = s.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return map[string]any{"type": "integer"}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	}
	s.t.Fatalf("no schema for %s", t)
	return nil
}

// object is the schema of a struct. Fields may be added to it, for outputs only
// grow.
func (s *schemas) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || name == "" || name == "-" {
			continue
		}
		property := s.of(field.Type)
		if text := s.comment(owner(t, field.Index), field.Name); text != "" {
			property["description"] = text
		}
		properties[name] = property
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "required": required}
	if text := s.comment(t, ""); text != "" {
		schema["description"] = text
	}
	return schema
}

// owner is the struct that a field stands in, which may be embedded.
func owner(t reflect.Type, index []int) reflect.Type {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	return t
}

// comment is what the source says of a field, or of the type.
func (s *schemas) comment(t reflect.Type, field string) string {
	inside, ok := strings.CutPrefix(t.PkgPath(), module)
	if !ok {
		return ""
	}
	if s.comments[inside] == nil {
		s.comments[inside] = s.read(filepath.Join(s.root, inside))
	}
	return s.comments[inside][strings.TrimSuffix(t.Name()+"."+field, ".")]
}

func (s *schemas) read(dir string) map[string]string {
	found := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		s.t.Fatalf("no source in %s: %v", dir, err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				collect(general, found)
			}
		}
	}
	return found
}

func collect(declaration *ast.GenDecl, into map[string]string) {
	for _, spec := range declaration.Specs {
		named, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		into[named.Name.Name] = words(declaration.Doc)
		structure, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				into[named.Name.Name+"."+name.Name] = words(field.Doc)
			}
		}
	}
}

// words is a comment in one line.
func words(comment *ast.CommentGroup) string {
	return strings.Join(strings.Fields(comment.Text()), " ")
}
