package tree_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree"
)

func TestMain(m *testing.M) {
	if tree.IsRenderer(os.Args[1:]) {
		os.Exit(tree.Main(context.Background(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// contents are the files of an archive.
func contents(archive string) map[string][]byte {
	found := map[string][]byte{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		found[f.Name] = f.Data
	}
	return found
}

// ks is a Flux Kustomization.
func ks(name, path, more string) string {
	return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: '" + name + "', namespace: flux-system}\nspec:\n  path: " + path +
		"\n  sourceRef: {kind: GitRepository, name: fleet}\n" + more
}

func render(t *testing.T, archive string, change func(*tree.Request)) tree.Result {
	t.Helper()
	request := tree.Request{Files: contents(archive), Dir: "."}
	if change != nil {
		change(&request)
	}
	result, err := tree.Run(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// names are the objects of an entry that are Flux's, with what they depend on.
func names(t *testing.T, e tree.Entry) []string {
	t.Helper()
	var found []string
	for _, o := range e.Objects {
		var object struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
			Spec     struct {
				DependsOn []struct{ Name, Namespace string }
			}
		}
		if err := json.Unmarshal(o.JSON, &object); err != nil {
			t.Fatal(err)
		}
		text := object.Kind + "/" + object.Metadata.Namespace + "/" + object.Metadata.Name
		for _, d := range object.Spec.DependsOn {
			text += " > " + d.Name
		}
		found = append(found, text)
	}
	slices.Sort(found)
	return found
}

func hasRemark(list []flux.Remark, rule flux.Rule, object, place, says string) bool {
	return slices.ContainsFunc(list, func(r flux.Remark) bool {
		return r.Rule == rule && r.Object == object && (place == "" || r.Place() == place) && strings.Contains(r.Text, says)
	})
}

// TestTwoOCISources: a source that is not this repository is not looked for in
// it, though the path is there; with a folder for it, it is.
func TestTwoOCISources(t *testing.T) {
	archive := "-- cluster/ks.yaml --\n" + ks("local", "./local", "") + "---\n" +
		strings.ReplaceAll(ks("one", "./deploy", ""), "GitRepository, name: fleet", "OCIRepository, name: one") + "---\n" +
		strings.ReplaceAll(ks("two", "./deploy", ""), "GitRepository, name: fleet", "OCIRepository, name: two") +
		"-- deploy/wrong.yaml --\n" + ks("wrong", "./local", "") + "-- local/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
	e := render(t, archive, nil).Entries[0]
	if len(e.Opaque) != 2 || len(e.Findings) > 0 || slices.Contains(names(t, e), "Kustomization/flux-system/wrong") ||
		!hasRemark(e.Notes, flux.RuleExternal, "Kustomization/flux-system/two", "", "--source OCIRepository/flux-system/two=DIR") {
		t.Errorf("%v %+v", names(t, e), e)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/deploy", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/deploy/x.yaml", []byte(ks("right", "./none", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped := func(r *tree.Request) {
		r.Sources = []tree.Mapping{{Ref: tree.Ref{Kind: "OCIRepository", Namespace: "flux-system", Name: "one"}, Dir: dir}}
	}
	if e := render(t, archive, mapped).Entries[0]; len(e.Opaque) != 2 || !slices.Contains(names(t, e), "Kustomization/flux-system/right") {
		t.Errorf("%v %v", names(t, e), e.Opaque)
	}
}

// TestHub: one hub applies to two clusters, whose graphs are not merged.
func TestHub(t *testing.T) {
	overlay := "\nresources: [../base]\nnameSuffix: "
	archive := "-- base/kustomization.yaml --\nresources: [ks.yaml]\n-- base/ks.yaml --\n" + ks("db", "./db", "") + "---\n" + ks("web", "./web", "  dependsOn: [{name: db}]\n") +
		"-- clusters/a/kustomization.yaml --" + overlay + "'-a'\n-- clusters/b/kustomization.yaml --\nresources: [../../base]\n" +
		"-- db/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n-- web/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n"
	archive = strings.Replace(archive, "[../base]", "[../../base]", 1)
	result := render(t, archive, nil)
	if !slices.Equal(result.Known, []string{"clusters/a", "clusters/b"}) {
		t.Fatalf("%v", result.Known)
	}
	for i, want := range [][]string{
		{"Kustomization/flux-system/db-a", "Kustomization/flux-system/web-a > db"}, {"Kustomization/flux-system/db", "Kustomization/flux-system/web > db"},
	} {
		if got := names(t, result.Entries[i]); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	one := render(t, archive, func(r *tree.Request) { r.Entries = []string{"clusters/b"} })
	if len(one.Entries) != 1 || len(one.Known) != 2 {
		t.Errorf("%v of %v", one.Entries, one.Known)
	}
}

// TestTenants: prefixes, and components two levels deep.
func TestTenants(t *testing.T) {
	archive := "-- cluster/ks.yaml --\n" + ks("team", "./team", "  namePrefix: t-\n  components: [../components/outer]\n  postBuild: {substitute: {REGION: north}}\n") +
		"-- team/ks.yaml --\n" + ks("app", "./app", "  dependsOn: [{name: t-base}]\n") + "-- app/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" +
		"-- components/outer/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../inner]\n" +
		"-- components/inner/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: add.yaml\n  target: {kind: Kustomization}\n" +
		"-- components/inner/add.yaml --\n- op: add\n  path: /spec/dependsOn/-\n  value:\n    name: ${REGION}-${ZONE:=one}\n"
	e := render(t, archive, nil).Entries[0]
	if got := names(t, e); !slices.Equal(got, []string{"Kustomization/flux-system/t-app > t-base > north-one", "Kustomization/flux-system/team"}) {
		t.Errorf("%v %v", got, e.Findings)
	}
	for _, o := range e.Objects {
		if len(o.DependsOn) == 2 && o.DependsOn[1] != (flux.Origin{File: "components/inner/add.yaml", Line: 4}) {
			t.Errorf("%v", o.DependsOn)
		}
	}
}

// TestUnknowns: what cannot be known is named, and not taken for missing.
func TestUnknowns(t *testing.T) {
	archive := "-- cluster/ks.yaml --\n" + ks("apps", "./apps", "  postBuild: {substituteFrom: [{kind: Secret, name: s}]}\n") + "---\n" + ks("far", "./far", "") +
		"-- apps/ks.yaml --\n" + ks("app-${A}", "./none", "") +
		"-- far/kustomization.yaml --\nresources:\n- github.com/org/repo\n"
	e := render(t, archive, nil).Entries[0]
	if !slices.Contains(names(t, e), "Kustomization/flux-system/app-${A}") || !hasRemark(e.Notes, flux.RuleVariable, "Kustomization/flux-system/apps", "cluster/ks.yaml:1", "Secret/s") ||
		!hasRemark(e.Unchecked, flux.RuleRemote, "Kustomization/flux-system/far", "far/kustomization.yaml:2", "github.com/org/repo") {
		t.Errorf("%v %+v %+v", names(t, e), e.Notes, e.Unchecked)
	}
	given := render(t, archive, func(r *tree.Request) {
		r.Resources = []tree.Document{{Ref: tree.Ref{Kind: "Secret", Namespace: "flux-system", Name: "s"}, Text: []byte("stringData: {A: x}")}}
	}).Entries[0]
	if !slices.Contains(names(t, given), "Kustomization/flux-system/app-x") {
		t.Errorf("%v %+v", names(t, given), given)
	}
	if e := render(t, archive, func(r *tree.Request) { r.Vars = map[string]string{"A": "v"} }).Entries[0]; !slices.Contains(names(t, e), "Kustomization/flux-system/app-v") {
		t.Errorf("%v", names(t, e))
	}
}

// TestOrder: a build waits for the values that another makes; a failed one loses
// its own children only; one object twice is kept with both places.
func TestOrder(t *testing.T) {
	archive := "-- cluster/ks.yaml --\n" + ks("a", "./a", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: c}]}\n") + "---\n" + ks("z", "./z", "") + "---\n" + ks("bad", "./bad", "") +
		"-- a/ks.yaml --\n" + ks("child-${V}", "./none", "") + "-- z/c.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: flux-system}\ndata: {V: made}\n" +
		"-- z/ks.yaml --\n" + ks("child-made", "./none", "") + "-- bad/kustomization.yaml --\nresources: [x]\n-- bad/x/kustomization.yaml --\nnope: 1\n"
	e := render(t, archive, nil).Entries[0]
	got := names(t, e)
	if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != "Kustomization/flux-system/child-made" })); n != 2 {
		t.Errorf("%v", got)
	}
	if !hasRemark(e.Findings, flux.RuleBuild, "Kustomization/flux-system/bad", "bad/x/kustomization.yaml:1", `unknown field "nope"`) {
		t.Errorf("%+v", e.Findings)
	}
}

// TestMarks: what the controller does not apply is not there.
func TestMarks(t *testing.T) {
	marked := func(name, mark string) string {
		return strings.Replace(ks(name, "./none", ""), "metadata: {", "metadata: {annotations: {"+mark+"}, ", 1)
	}
	archive := "-- cluster/ks.yaml --\n" + ks("a", "./a", "") + "-- a/ks.yaml --\n" + marked("one", "kustomize.toolkit.fluxcd.io/reconcile: disabled") + "---\n" +
		marked("two", "kustomize.toolkit.fluxcd.io/ssa: Ignore") + "---\n" + marked("three", "config.kubernetes.io/local-config: 'true'") + "---\n" + marked("four", "x: y")
	if got := names(t, render(t, archive, nil).Entries[0]); !slices.Equal(got, []string{"Kustomization/flux-system/a", "Kustomization/flux-system/four"}) {
		t.Errorf("%v", got)
	}
}

// TestRaw says why a folder is not rendered.
func TestRaw(t *testing.T) {
	if why := render(t, "-- a.yaml --\n"+ks("a", "./none", ""), nil).Raw; why != "no spec.path of its Kustomizations is a folder of this repository" {
		t.Error(why)
	}
	if why := render(t, "-- a.yaml --\na: b\n", nil).Raw; why != "it holds no Flux Kustomization" {
		t.Error(why)
	}
}

// TestWindowsLineEnds are read as others.
func TestWindowsLineEnds(t *testing.T) {
	archive := "-- cluster/ks.yaml --\n" + ks("a", "./a", "") + "-- a/ks.yaml --\n" + ks("b", "./none", "  dependsOn: [{name: a}]\n")
	request := func(r *tree.Request) {
		for name, text := range r.Files {
			r.Files[name] = []byte(strings.ReplaceAll(string(text), "\n", "\r\n"))
		}
	}
	if got := names(t, render(t, archive, request).Entries[0]); !slices.Equal(got, []string{"Kustomization/flux-system/a", "Kustomization/flux-system/b > a"}) {
		t.Errorf("%v", got)
	}
}
