package build_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

func TestMain(m *testing.M) {
	http.DefaultTransport = build.Offline{}
	os.Exit(m.Run())
}

// tree makes a tree of an archive.
func tree(t testing.TB, archive string) *files.Tree {
	t.Helper()
	contents := map[string][]byte{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		contents[f.Name] = f.Data
	}
	made, err := files.New(contents, "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func run(t testing.TB, archive, dir string, spec generate.Spec) ([]string, error) {
	t.Helper()
	result, err := new(build.Builder).Run(tree(t, archive), dir, spec)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range result.Objects {
		json, err := o.JSON()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(json))
	}
	return out, nil
}

const object = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
spec:
  dependsOn:
    - name: db
`

func text(s string) *string { return &s }

// TestBuilds is what kustomize-controller v1.9.5 makes of small folders.
func TestBuilds(t *testing.T) {
	for name, c := range map[string]struct {
		archive string
		spec    generate.Spec
		want    string // of the first object
	}{
		"a folder without a kustomization file": {"-- a/b/web.yaml --" + object, generate.Spec{}, `"name":"web"}`},
		"prefix and suffix leave dependsOn alone": {
			"-- a/web.yaml --" + object,
			generate.Spec{NamePrefix: text("a-"), NameSuffix: text("-z"), TargetNamespace: text("n")},
			`{"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"a-web-z","namespace":"n"},"spec":{"dependsOn":[{"name":"db"}]}}`,
		},
		"the spec overrides the folder, even with nothing": {
			"-- a/kustomization.yaml --\nnamePrefix: x-\nresources: [web.yaml]\n-- a/web.yaml --" + object, generate.Spec{NamePrefix: text("")}, `"name":"web"`,
		},
		"an unknown field at the root vanishes": {
			"-- a/kustomization.yaml --\nnonsense: 1\nresources: [web.yaml]\n-- a/web.yaml --" + object, generate.Spec{}, `"name":"web"`,
		},
		"a folder with a kustomization file is not entered": {
			"-- a/sub/kustomization.yaml --\nnamespace: inner\nresources: [web.yaml]\n-- a/sub/web.yaml --" + object + "-- a/sub/draft.yaml --\nnot: kubernetes\n",
			generate.Spec{},
			`"namespace":"inner"`,
		},
		"a missing component that may be missing": {
			"-- a/web.yaml --" + object, generate.Spec{Components: []string{"../none"}, IgnoreMissingComponents: true}, `"name":"web"`,
		},
		"a patch matches the namespace before it is changed": {
			"-- a/kustomization.yaml --\nnamespace: ns\nresources: [web.yaml]\n-- a/web.yaml --" + object,
			generate.Spec{Patches: []generate.Patch{{Patch: `[{"op":"add","path":"/spec/dependsOn/-","value":{"name":"more"}}]`, Target: selector("ns")}}},
			`"dependsOn":[{"name":"db"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := run(t, c.archive, "a", c.spec)
			if err != nil || len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestRefusals is what a build refuses, and where.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		archive, file string
		line          int
		says          string
	}{
		"an unknown field in a nested file": {
			"-- a/kustomization.yaml --\nresources: [b]\n-- a/b/kustomization.yaml --\nnamespace: ns\nnonsense: 1\n", "a/b/kustomization.yaml", 2, `unknown field "nonsense"`,
		},
		"a file that is not of Kubernetes": {"-- a/values.yaml --\nreplicas: 1\n", "a/values.yaml", 0, "missing Resource metadata"},
		"two kustomization files": {
			"-- a/kustomization.yaml --\nresources: [b]\n-- a/b/kustomization.yaml --\nnamespace: ns\n-- a/b/kustomization.yml --\nnamespace: ns\n", "a/b/kustomization.yaml", 0, "multiple kustomization files",
		},
		"a patch that matches nothing": {
			"-- a/kustomization.yaml --\nresources: [web.yaml]\npatchesStrategicMerge: [p.yaml]\n-- a/web.yaml --" + object + "-- a/p.yaml --" + strings.Replace(object, "web", "none", 1), "a/kustomization.yaml", 0, "no matches for Id",
		},
		"one object twice": {
			"-- a/kustomization.yaml --\nresources: [web.yaml, b.yaml]\n-- a/web.yaml --" + object + "-- a/b.yaml --" + object, "a/b.yaml", 0, "already registered id",
		},
		"a file that is not there": {"-- a/kustomization.yaml --\nnamespace: ns\nresources:\n- b.yaml\n", "a/kustomization.yaml", 3, `"b.yaml": no such file or folder`},
		"a path out of the tree":   {"-- a/kustomization.yaml --\nresources: [../../x]\n", "a/kustomization.yaml", 0, "leads out of the source artifact"},
		"a file out of the tree": {
			"-- a/kustomization.yaml --\nresources: [b]\n-- a/b/kustomization.yaml --\nconfigMapGenerator: [{name: c, files: [../../../passwd]}]\n", "", 0, "leads out of the source artifact",
		},
		"a boolean for a namespace": {"-- a/kustomization.yaml --\nresources: [b]\n-- a/b/kustomization.yaml --\nnamespace: ns\nresources: [n]\n", "a/b/kustomization.yaml", 0, "invalid Kustomization"},
		"flow style patches":        {"-- a/kustomization.yaml --\nresources: [web.yaml]\npatches: [{patch: '[{op: add, path: /x, value: 1}]', target: {kind: Kustomization}}]\n-- a/web.yaml --" + object, "a/kustomization.yaml", 0, "unable to parse SM or JSON patch"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, c.archive, "a", generate.Spec{})
			var at *build.FileError
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "/tree/of/the") && c.file != "" {
				t.Fatalf("%v; want %s", err, c.says)
			}
			if errors.As(err, &at); at != nil && (c.file != "" && at.File != c.file || c.line != 0 && at.Line != c.line) {
				t.Errorf("%s:%d: %v; want %s:%d", at.File, at.Line, err, c.file, c.line)
			}
		})
	}
}

// TestBounds: what would take kustomize long is refused before it sees it.
func TestBounds(t *testing.T) {
	bomb := "a0: &a0 [1,1,1,1,1,1,1,1,1]\n"
	doubling := "-- d0/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n-- d0/kustomization.yaml --\nresources: [c.yaml]\n"
	for i := 1; i < 9; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	for i := 1; i < 20; i++ {
		doubling += fmt.Sprintf("-- l%d/kustomization.yaml --\nnamePrefix: l\nresources: [../d%d]\n-- r%d/kustomization.yaml --\nnamePrefix: r\nresources: [../d%d]\n-- d%d/kustomization.yaml --\nresources: [../l%d, ../r%d]\n", i, i-1, i, i-1, i, i, i)
	}
	diamonds := strings.ReplaceAll(doubling, "resources: [c.yaml]", "namePrefix: x")
	for name, c := range map[string]struct{ archive, dir string }{
		"anchors":       {"-- a/x.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n" + bomb, "a"},
		"anchors in it": {"-- a/kustomization.yaml --\nresources: [b]\n-- a/b/kustomization.yaml --\n" + bomb, "a"},
		"deep":          {"-- a/x.yaml --\nx: " + strings.Repeat("{x: ", 5000) + "1" + strings.Repeat("}", 5000) + "\n", "a"},
		"deep lists":    {"-- a/x.yaml --\n" + strings.Repeat("- ", 5000) + "1\n", "a"},
		"own anchor":    {"-- a/x.yaml --\na: &a [*a]\n", "a"},
		"doubling":      {doubling, "d19"},
		"diamonds":      {diamonds, "d19"},
		"many objects":  {"-- a/x.yaml --\n" + strings.Repeat("---\napiVersion: v1\n", 3000), "a"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := c.dir
			archive := c.archive
			if name == "many objects" {
				archive += "-- a/kustomization.yaml --\nresources: [x.yaml]\n"
			}
			if _, err := run(t, archive, dir, generate.Spec{}); !errors.Is(err, bound.ErrBeyond) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestSchemaDoesNotLeak: a build with a schema of its own changes no other.
func TestSchemaDoesNotLeak(t *testing.T) {
	pod := `
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, image: x}, {name: b, image: y}]}
`
	archive := "-- plain/kustomization.yaml --\nresources: [p.yaml]\npatches: [{path: patch.yaml}]\n-- plain/p.yaml --" + pod +
		"-- plain/patch.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: z}]}\n" +
		"-- own/kustomization.yaml --\nopenapi: {path: s.json}\nresources: [p.yaml]\n-- own/p.yaml --" + pod +
		"-- own/s.json --\n{\"definitions\":{\"v1.Pod\":{\"properties\":{},\"x-kubernetes-group-version-kind\":[{\"group\":\"\",\"kind\":\"Pod\",\"version\":\"v1\"}]}}}\n"
	made, b := tree(t, archive), &build.Builder{}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			dir := []string{"plain", "own"}[i%2]
			result, err := b.Run(made, dir, generate.Spec{})
			if err != nil {
				t.Error(err)
				return
			}
			json, _ := result.Objects[0].JSON()
			if dir == "plain" && !strings.Contains(string(json), `"name":"b"`) {
				t.Errorf("%s", json)
			}
		})
	}
	wait.Wait()
}

// TestOrigins: an object knows its file, and what changed it.
func TestOrigins(t *testing.T) {
	archive := "-- a/kustomization.yaml --\nresources: [../b]\ncomponents: [../c]\n-- b/kustomization.yaml --\nresources: [web.yaml]\n-- b/web.yaml --" + object +
		"-- c/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: Kustomization}\n  patch: |-\n    - op: add\n      path: /spec/dependsOn/-\n      value: {name: more}\n"
	result, err := new(build.Builder).Run(tree(t, archive), "a", generate.Spec{})
	if err != nil {
		t.Fatal(err)
	}
	o := result.Objects[0]
	if o.File != "b/web.yaml" || strings.Join(o.ChangedIn, " ") != "c/kustomization.yaml" {
		t.Errorf("%s, changed in %s", o.File, o.ChangedIn)
	}
	if len(o.Annotations) != 0 {
		t.Errorf("marks are left: %v", o.Annotations)
	}
}
