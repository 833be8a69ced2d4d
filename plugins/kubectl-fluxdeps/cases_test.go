package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/cmd"
)

// Folders with inputs, beside a developer's checkout or named by a variable.
const (
	casesVariable  = "FLUXDEPS_CASES"
	corpusVariable = "FLUXDEPS_CORPUS"
)

// besideCheckout returns a folder of inputs that are not part of the project.
func besideCheckout(t *testing.T, variable string, path ...string) string {
	t.Helper()
	if named := os.Getenv(variable); named != "" {
		return named
	}
	beside := filepath.Join(append([]string{"..", "..", "..", "shared"}, path...)...)
	if _, err := os.Stat(beside); err != nil {
		t.Skipf("no folder %s: set %s to one", filepath.Join(path...), variable)
	}
	return beside
}

// ran is the outcome of one call of the program.
type ran struct {
	code           failure.Code
	stdout, stderr string
}

func run(t *testing.T, args ...string) ran {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	code := cli.Main(t.Context(), cmd.NewRoot(cli.Process{IOStreams: streams, Program: "kubectl-fluxdeps"}), streams, args)
	return ran{code, out.String(), errOut.String()}
}

// TestCases judges small trees, each of which stands for a kind that is seen in
// real ones. Those of rendered trees and of statuses are tested elsewhere.
func TestCases(t *testing.T) {
	folder := besideCheckout(t, casesVariable, "cases", "fluxdeps")
	for name, c := range map[string]struct {
		code failure.Code
		says []string // regular expressions of lines
	}{
		"03-broken-beside-good": {failure.Found, []string{
			`└─ Kustomization/apps`, `/broken.yaml:5  unchecked  unreadable  `,
			`^1 entry, 2 objects and 1 dependency checked; 0 entries, 1 object and 0 dependencies not$`,
		}},
		"04-dependency-of-strings": {failure.Found, []string{`/apps.yaml:26  error  refused  Kustomization/flux-system/apps .*\{name: operator\}`}},
		"05-without-source": {failure.Found, []string{
			`/apps.yaml:24  error  missing-dependency  Kustomization/flux-system/apps depends on Kustomization/flux-system/nowhere`,
			`/apps.yaml:14  unchecked  no-source  Kustomization/flux-system/apps `,
		}},
		"06-expression-that-does-not-compile": {failure.Found, []string{`expr-error`, `/apps.yaml:27  error  invalid-expression  Kustomization/flux-system/apps `}},
		"11-resourceset-literal":              {failure.OK, []string{`Kustomization/crds .*made by ResourceSet/flux-system/platform`, `└─ Kustomization/apps`}},
		"12-two-candidates":                   {failure.Found, []string{`/ks.yaml:42  unchecked  ambiguous  .* may be Kustomization/cache/redis or Kustomization/database/redis`}},
		"13-wrong-kind-without-namespace":     {failure.Found, []string{`wrong-kind`, `/ks.yaml:25  error  wrong-kind  .*HelmRelease/redis \(its namespace is not stated\)`}},
		"14-slash-in-name":                    {failure.Found, []string{`missing`, `/ks.yaml:29  error  missing-dependency  .*write name: redis, namespace: database`}},
		"25-expression-before-existence":      {failure.Found, []string{`/cluster.json:17  error  invalid-expression  ResourceSet/flux-system/tenant `}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "graph", "-f", filepath.Join(folder, name), "--exit-code", "--all")
			if got.code != c.code {
				t.Errorf("code %d, want %d", got.code, c.code)
			}
			for _, says := range c.says {
				if !regexp.MustCompile("(?m)" + says).MatchString(got.stdout) {
					t.Errorf("not in the output: %s", says)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", got.stdout, got.stderr)
			}
		})
	}
}

// TestRenderedCases judges small Git trees, rendered.
func TestRenderedCases(t *testing.T) {
	folder := besideCheckout(t, casesVariable, "cases", "fluxdeps")
	for name, c := range map[string]struct {
		code failure.Code
		says []string // regular expressions of lines
	}{
		"01-two-clusters": {failure.Found, []string{
			`^entry clusters/production$`, `^entry clusters/staging$`,
			`/clusters/staging/apps.yaml:27  error  missing-dependency  Kustomization/flux-system/apps .* did you mean Kustomization/flux-system/infra\?`,
			`^2 entries, 4 objects and 2 dependencies checked; 0 entries, 0 objects and 0 dependencies not$`,
		}},
		"02-namespace-of-the-folder":        {failure.Found, []string{`/media/photos.yaml:14  error  missing-dependency  Kustomization/media/photos .* did you mean Kustomization/database/redis\?`}},
		"07-generated-kustomization":        {failure.OK, []string{`└─ Kustomization/apps`, `^1 entry, 3 objects and 1 dependency checked`}},
		"08-name-prefix":                    {failure.Found, []string{`/tenant/ks.yaml:27  error  missing-dependency  Kustomization/flux-system/a-web depends on Kustomization/flux-system/db`}},
		"09-component-adds-dependency":      {failure.OK, []string{`└─ Kustomization/photos`, `^1 entry, 3 objects and 1 dependency checked`}},
		"10-parent-patches-source":          {failure.OK, []string{`└─ Kustomization/web`, `^1 entry, 3 objects and 1 dependency checked`}},
		"15-child-waits-for-waiting-parent": {failure.Found, []string{`  error  deadlock  .*Kustomization/flux-system/cluster`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "graph", "-f", filepath.Join(folder, name), "--exit-code", "--all")
			if got.code != c.code || !strings.HasPrefix(got.stderr, "rendered: ") {
				t.Errorf("code %d, want %d", got.code, c.code)
			}
			for _, says := range c.says {
				if !regexp.MustCompile("(?m)" + says).MatchString(got.stdout) {
					t.Errorf("not in the output: %s", says)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", got.stdout, got.stderr)
			}
		})
	}
}

// TestEdgesOfComponents have the file and line of the patch that adds them.
func TestEdgesOfComponents(t *testing.T) {
	folder := besideCheckout(t, casesVariable, "cases", "fluxdeps")
	got := run(t, "graph", "-f", filepath.Join(folder, "09-component-adds-dependency"), "-o", "jsonpath={.edges[*].file}:{.edges[*].line}")
	if !strings.HasSuffix(got.stdout, "/components/backup/kustomization.yaml:10") {
		t.Errorf("%s", got.stdout)
	}
}

// rendered is how many Kustomizations and edges between them the controllers make
// of a real tree, and which builds of it fail: kustomize-controller v1.9.5 on a
// real API server.
type rendered struct {
	kustomizations, edges, entries int
	faults                         []string
}

// TestCorpus: real trees give what the controllers make of them.
func TestCorpus(t *testing.T) {
	folder := besideCheckout(t, corpusVariable, "corpus")
	for name, want := range map[string]rendered{
		"bjw-s-home-ops":               {93, 63, 1, nil},
		"buroa-k8s-gitops":             {71, 44, 1, nil},
		"flux2-kustomize-helm-example": {6, 4, 2, nil},
		"rcdailey-home-ops":            {84, 124, 1, nil},
		// Three paths and a file are not in the tree, and a variable is set nowhere.
		"tuxpeople-k8s-homelab": {54, 60, 1, []string{"prowlarr-exporter", "sonarr-exporter", "radarr-exporter", "gatus", "kyverno-crds"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "graph", "-f", filepath.Join(folder, name), "--exit-code", "-o", "json")
			graphs := decodeGraphs(t, got.stdout, want.entries)
			kustomizations, edges := 0, 0
			for _, g := range graphs {
				for _, n := range g.Nodes {
					if n.State == "missing" {
						t.Errorf("%s is missing", n.ID)
					}
					if n.Kind == "Kustomization" && n.State != "missing" {
						kustomizations++
					}
					if n.File == "" || n.Line == 0 {
						t.Errorf("%s has no place: %s:%d", n.ID, n.File, n.Line)
					}
				}
				for _, e := range g.Edges {
					if strings.HasPrefix(e.From, "Kustomization/") {
						edges++
						if e.Line == 0 {
							t.Errorf("%s → %s has no line", e.From, e.To)
						}
					}
				}
			}
			if kustomizations != want.kustomizations || edges != want.edges {
				t.Errorf("%d Kustomizations and %d edges, want %d and %d", kustomizations, edges, want.kustomizations, want.edges)
			}
			check := graphs[0].Check
			if want.entries > 1 {
				var list v1alpha1.DependencyGraphList
				_ = json.Unmarshal([]byte(got.stdout), &list)
				check = list.Check
			}
			if len(check.Unchecked) > 0 || len(check.Findings) != len(want.faults) {
				t.Errorf("findings %v, unchecked %v", check.Findings, check.Unchecked)
			}
			for _, r := range check.Findings {
				if r.Rule != "build" || !slices.Contains(want.faults, r.Object[strings.LastIndex(r.Object, "/")+1:]) {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func decodeGraphs(t *testing.T, text string, entries int) []v1alpha1.DependencyGraph {
	t.Helper()
	if entries == 1 {
		var g v1alpha1.DependencyGraph
		if err := json.Unmarshal([]byte(text), &g); err != nil || g.Check == nil {
			t.Fatalf("%v: %s", err, text)
		}
		return []v1alpha1.DependencyGraph{g}
	}
	var list v1alpha1.DependencyGraphList
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list.Items) != entries {
		t.Fatalf("%v: %s", err, text)
	}
	return list.Items
}
