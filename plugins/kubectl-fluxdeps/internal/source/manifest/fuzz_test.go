package manifest

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzRead reads any bytes as a file: no panic, no hang, every document
// accounted for, and no text that hides the document behind it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", object("a"), "---\n" + object("a") + "...\n%YAML 1.2\n---\n" + object("b"),
		`{"kind": "List", "items": [{"a": 1}, 2]} {}` + "\n---\n[1]", "{a: b}\n{{ c }}\n", "x: [\n---\ny: \"\n",
		"x: &a [*a]\nkind: List\nitems:\n- *a\n<<: {kind: b}\n", "\ufeffa: b\r\n---\rc: d\u2028", "\xff\xfea\x00", "\x00",
		ks + "metadata: {name: \"\\e[31m\", labels: {a: 1}}\nspec: {dependsOn: [{name: 1}]}\n",
		"kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1\nresources: [stdin]\npatches: [{path: a}]\n",
		"apiVersion: kustomize.config.k8s.io/v1\nnamePrefix: x-\npatches: [{target: {kind: '('}, patch: \"[{op: add, path: /spec}]\"}]\n---\n" + object("a"),
		set + "  resources:\n" + literalKS("  ", "a", ", dependsOn: [b, {kind: c}]") + "  steps: [{resources: [{}]}]\n",
		set + "  resourcesTemplate: |\n    " + strings.ReplaceAll(object("a"), "\n", "\n    ") + "---\n    x: [\n",
		ks + "metadata: {name: a, dependsOn: x}\nspec: {dependson: &d [*d], patches: [{patch: \"$patch: delete\"}], nameSuffix: ${X}}\n",
		"data: ENC[x]\nsops: {}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		alone := bytes.Clone(data)
		alone = append(alone, '\n')
		counts := readAny(t, alone)
		if bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
			return // not UTF-8: what is put behind it is no document
		}
		followed := readAny(t, append(alone, "---\n"+object("sentinel")...))
		if followed.Documents != counts.Documents+1 {
			t.Errorf("%d documents, and %d with one more behind them", counts.Documents, followed.Documents)
		}
		if followed.Failed != counts.Failed {
			t.Errorf("%d documents failed, and %d with a good one behind them", counts.Failed, followed.Failed)
		}
	})
}

// yamlBreaks are what YAML 1.1 takes for the end of a line, and so the parser
// for its line numbers.
var yamlBreaks = regexp.MustCompile("\r\n|\n|\r|\u0085|\u2028|\u2029")

func readAny(t *testing.T, text []byte) Counts {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a watchdog
	defer cancel()
	result, err := Read(ctx, []string{"-"}, bytes.NewReader(text))
	if err != nil && !errors.Is(err, ErrNothing) {
		t.Fatal(err)
	}
	checkSum(t, result)
	last := len(yamlBreaks.FindAll(text, -1)) + 1
	for _, w := range result.Warnings {
		if w.Line > last {
			t.Errorf("%s, in a file of %d lines", w, last)
		}
	}
	for _, r := range slices.Concat(result.Findings, result.Unchecked) {
		if r.Origin.Line > last {
			t.Errorf("%+v in line %d of %d", r, r.Origin.Line, last)
		}
	}
	for _, o := range result.Objects {
		if o.Origin.Line < 1 || o.Origin.Line > last {
			t.Errorf("%s in line %d of %d", o.ID, o.Origin.Line, last)
		}
	}
	return result.Counts
}
