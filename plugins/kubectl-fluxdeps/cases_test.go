package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
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
		"10-parent-patches-source":            {failure.OK, []string{`└─ Kustomization/web`}},
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

// TestCorpusIsChecked judges real trees, which roll out, so that no fault may be
// found in one object.
func TestCorpusIsChecked(t *testing.T) {
	folder := besideCheckout(t, corpusVariable, "corpus")
	trees, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, tree := range trees {
		t.Run(tree.Name(), func(t *testing.T) {
			got := run(t, "graph", "-f", filepath.Join(folder, tree.Name()), "--exit-code")
			lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
			last := lines[len(lines)-1]
			remarks := strings.Contains(got.stdout, "  error  ") || strings.Contains(got.stdout, "  unchecked  ")
			if got.code != failure.OK && got.code != failure.Found || (got.code == failure.Found) != remarks {
				t.Errorf("code %d, remarks %v", got.code, remarks)
			}
			if !strings.HasPrefix(last, "1 entry, ") || !strings.Contains(last, " checked; ") {
				t.Errorf("the last line is %q", last)
			}
			for _, rule := range []string{"missing-dependency", "wrong-kind", "cycle", "refused", "invalid-expression", "unreadable", "no-source"} {
				if strings.Contains(got.stdout, "  "+rule+"  ") {
					t.Errorf("a working tree breaks the rule %s:\n%s", rule, got.stdout)
				}
			}
			t.Log(last)
		})
	}
}
