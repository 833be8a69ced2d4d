package substitute_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/substitute"
)

func vars(values ...string) *substitute.Vars {
	v := substitute.New()
	for i := 0; i < len(values); i += 2 {
		v.Set(values[i], values[i+1])
	}
	return v
}

// TestTable is what kustomize-controller v1.9.5 makes of each expression, with A
// set to "x" and M not set.
func TestTable(t *testing.T) {
	for input, want := range map[string]string{
		"$VAR":         "$VAR",
		"$${A}":        "${A}",
		"a$$b":         "a$b",
		"${A}":         "x",
		"${M:=d}":      "d",
		"${M=d}":       "d",
		"${M:-${A}}":   "x",
		"${M:+y}":      "y",
		"${M:?y}":      "y",
		"${M:=$${A}}":  "$x",
		"${E:=d}":      "d", // E is empty
		"${A^^}-${#A}": "X-1",
	} {
		v := vars("A", "x", "E", "")
		json, err := v.YAML("k: '" + input + "'")
		if got := string(json); err != nil || got != `{"k":"`+want+`"}` {
			t.Errorf("%s: %s, %v; want %s", input, got, err, want)
		}
	}
	for _, input := range []string{"${V-d}", "${{ x }}", "${ A }", "${a.b}", "${A[0]}", "${M}", "${#M}"} {
		if json, err := vars("A", "x").YAML("k: '" + input + "'"); err == nil {
			t.Errorf("%s: %s, want an error", input, json)
		}
	}
}

func TestValuesBecomeYAML(t *testing.T) {
	json, err := vars("A", "tr\nue").YAML("k: ${A}")
	if err != nil || string(json) != `{"k":true}` {
		t.Errorf("%s, %v", json, err)
	}
	if _, err := vars("a.b", "x").YAML("k: v"); err == nil {
		t.Error("a variable whose name Flux refuses is taken")
	}
}

// TestUnknown: what may have a value somewhere else stays as it is written.
func TestUnknown(t *testing.T) {
	v := vars("A", "x")
	v.SetUnknown("S")
	for input, want := range map[string]string{"${S}": "${S}", "${S:=d}": "${S}", "${A}": "x"} {
		if json, err := v.YAML("k: '" + input + "'"); err != nil || string(json) != `{"k":"`+want+`"}` {
			t.Errorf("%s: %s, %v", input, json, err)
		}
	}
	if _, err := v.YAML("k: ${M}"); err == nil {
		t.Error("M is not set anywhere")
	}
	v.Open()
	if json, err := v.YAML("k: '${M}${M:=d}${N}'"); err != nil || string(json) != `{"k":"${M}d${N}"}` && string(json) != `{"k":"${M}${M}${N}"}` {
		t.Errorf("%s, %v", json, err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	v := vars("A", strings.Repeat("a", 1<<20))
	if _, err := v.YAML("k: '" + strings.Repeat("${A}", 1000) + "'"); !errors.Is(err, substitute.ErrTooLarge) {
		t.Errorf("%v", err)
	}
}

// FuzzYAML: whatever a tree says, substitution ends without a panic, and adds no
// more than it may.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"k: ${A}", "k: ${A:=${B}}", "${A//x/yy}", "k: $${A", "${{ }}", "${A:0:9}", "${A%%*}"} {
		f.Add(seed, "x")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		json, err := vars("A", value, "B", "b").YAML(text)
		if err == nil && len(json) > 8*(len(text)+substitute.MaxOutput) {
			t.Errorf("%d bytes of %d", len(json), len(text))
		}
	})
}
