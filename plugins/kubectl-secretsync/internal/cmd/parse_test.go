package cmd

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// parse returns what `copy` with the line means, without doing it.
func parse(t *testing.T, line string) (*copyRun, error) {
	t.Helper()
	d := deps{selection: &selectionFlags{}}
	c := &cobra.Command{}
	flags := &copyFlags{selection: d.selection, run: newRunFlags("manifest")}
	d.selection.add(c.Flags())
	flags.add(c)
	if err := c.ParseFlags(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	return flags.options(d, c.Flags().Args())
}

func TestParseCopy(t *testing.T) {
	for line, check := range map[string]func(*copyRun) bool{
		"app": func(r *copyRun) bool {
			return r.options == plan.Options{OnConflict: plan.Fail, Mode: plan.Merge} && r.run.parallel == 20 && r.run.timeout == time.Minute &&
				r.run.requestTimeout == 20*time.Second && r.run.format == "table" && r.write.dryRun == "none" && strings.HasPrefix(r.spec.Plan, "flags-")
		},
		"a b c": func(r *copyRun) bool { return reflect.DeepEqual(r.names, []string{"a", "b", "c"}) },
		"app --on-conflict overwrite --mode exact --recreate --create-namespace": func(r *copyRun) bool {
			return r.options == plan.Options{OnConflict: plan.Overwrite, Mode: plan.Exact, Recreate: true, CreateNamespace: true}
		},
		"app --key a --key b=c --key tls.*": func(r *copyRun) bool {
			return reflect.DeepEqual(r.spec.Keys, []secret.KeyRule{{Source: "a"}, {Source: "b", Target: "c"}, {Source: "tls.*"}})
		},
		"app --label a=b --label c= --annotation d=e=f --type x/y": func(r *copyRun) bool {
			return reflect.DeepEqual(r.spec.Labels, map[string]string{"a": "b", "c": ""}) && r.spec.Annotations["d"] == "e=f" && r.spec.Type == "x/y"
		},
		"app --copy-labels a* --copy-labels b --copy-annotations c,d": func(r *copyRun) bool {
			return reflect.DeepEqual(r.spec.CopyLabels, []string{"a*", "b"}) && reflect.DeepEqual(r.spec.CopyAnnotations, []string{"c,d"})
		},
		"app --dry-run":        func(r *copyRun) bool { return r.write.dryRun == "client" },
		"app --dry-run=server": func(r *copyRun) bool { return r.write.dryRun == "server" },
		"app --canary 2 --max-failures 3 --parallel 4 --audit-log x --show-server-messages": func(r *copyRun) bool {
			return r.write.canary == 2 && r.write.maxFailures == 3 && r.run.parallel == 4 && r.write.auditLog == "x" && r.write.serverMessages
		},
		"-f a -f - --source-id ci": func(r *copyRun) bool {
			return reflect.DeepEqual(r.selection.files, []string{"a", "-"}) && r.selection.sourceID == "ci" && r.spec.Plan == "" && !r.needsSource()
		},
		"app --plan fleet": func(r *copyRun) bool { return r.spec.Plan == "fleet" && r.needsSource() },
		"-l a=b,c!=d --to-namespace x --to-namespace y --prefix p- --suffix -s": func(r *copyRun) bool {
			return reflect.DeepEqual(r.selection.to.Namespaces, []string{"x", "y"}) && r.selection.to.Prefix == "p-" && r.selection.to.Suffix == "-s"
		},
		"app -o jsonpath={.summary} --allow-type helm.sh/release.v1": func(r *copyRun) bool {
			return r.run.format == "jsonpath={.summary}" && reflect.DeepEqual(r.selection.allowTypes, []string{"helm.sh/release.v1"})
		},
	} {
		if r, err := parse(t, line); err != nil || !check(r) {
			t.Errorf("%s: %+v, %v", line, r, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"":                                       "no Secret is named",
		"a -l x=y":                               "use one of them",
		"--all -f x":                             "use one of them",
		"-l =":                                   "--selector",
		"a b --to-name x":                        "for a single Secret",
		"A":                                      "not the name of a Secret",
		"a --to-name ../x":                       "not the name of a Secret",
		"a --prefix _":                           "cannot be part of a name",
		"a -n a/b":                               "not the name of a namespace",
		"a --to-namespace A":                     "not the name of a namespace",
		"a --source-id x":                        "--source-id is for -f",
		"-f x --plan y":                          "--plan is for Secrets in a cluster",
		"a --plan x,y":                           "--plan=",
		"a --plan *":                             "--plan=",
		"a --plan flags-x":                       "--plan=",
		"a --key =x":                             "--key=",
		"a --key x*=y":                           "a pattern cannot be renamed",
		"a --key x=..":                           "--key=",
		"a --label x":                            "want KEY=VALUE",
		"a --label x=" + strings.Repeat("y", 64): "--label x",
		"a --annotation a/b/c=d":                 "--annotation=",
		"a --annotation secretsync.datum.net/plans=x": "set by secretsync itself",
		"a --label app.kubernetes.io/managed-by=x":    "set by secretsync itself",
		"a --mode x":        "want one of merge, exact",
		"a --on-conflict x": "want one of fail, skip, adopt, overwrite",
		"a --dry-run=x":     "want one of none, client, server",
		"a --parallel 0":    "--parallel",
		"a --timeout 0s":    "--timeout",
		"a --canary -1":     "--canary",
		"a -o x":            "want one of table, wide, json, yaml, name, jsonpath=TEMPLATE, manifest",
		"a -o jsonpath={":   "--output=",
	} {
		_, err := parse(t, line)
		var known *failure.Error
		if !errors.As(err, &known) || known.Code != failure.BadInput || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// TestPlanOfFlags: the ID is of the flags that select and place, in any order.
func TestPlanOfFlags(t *testing.T) {
	id := func(line string) string {
		t.Helper()
		r, err := parse(t, line)
		if err != nil {
			t.Fatal(err)
		}
		return r.spec.Plan
	}
	for _, same := range [][2]string{
		{"a b", "b a --to-context x --key k --type t/t --mode exact --parallel 3"},
		{"-l a=b,c=d", "-l c==d,a=b --label x=y --create-namespace"},
		{"--all --to-namespace x --to-namespace y", "--to-namespace y --all --to-namespace x --recreate"},
	} {
		if id(same[0]) != id(same[1]) {
			t.Errorf("%q and %q are two plans", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"a", "a b"}, {"a", "a --prefix x"}, {"--all", "-l a"}, {"-l a=b", "-l a!=b"}, {"a", "a --to-namespace x"}} {
		if id(other[0]) == id(other[1]) {
			t.Errorf("%q and %q are one plan", other[0], other[1])
		}
	}
}
