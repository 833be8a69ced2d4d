package main

import (
	"strings"
	"testing"
	"time"
)

func TestSummarise(t *testing.T) {
	runs := []taken{{Wall: 4, CPU: 1, Peak: 7}, {Wall: 1, CPU: 3, Peak: 9}, {Wall: 2, CPU: 2, Peak: 8}, {Wall: 8, CPU: 2, Peak: 1, Bytes: 5}}
	want := summary{median: 3, fastest: 1, slowest: 8, cpu: 2, peak: 9, bytes: 5}
	if got := summarise(runs); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := summarise(nil); got != (summary{}) {
		t.Errorf("of nothing %+v", got)
	}
}

func TestVerdicts(t *testing.T) {
	run := func(wall time.Duration) []taken { return []taken{{Wall: wall, Peak: 100 << 20}} }
	r := results{
		rawList: run(100), graphJSON: run(120), graphText: run(131), tableList: run(200),
		floorHelp: run(10), kubectlHelp: run(80),
	}
	size := sizes{fluxCLI: 76_000_000}
	for _, p := range plugins() {
		r[p.help()], size[p.binary] = run(24), 15_000_000
	}
	var out strings.Builder
	if broken, err := verdicts(&out, bounds(r, size)); err != nil || broken != 1 {
		t.Errorf("%d bounds broken, %v, want the one of -o text\n%s", broken, err, out.String())
	}
}

// TestDependsOn checks that all that is depended on is there.
func TestDependsOn(t *testing.T) {
	const n = 300
	there := map[string]bool{}
	for i := range n {
		there[namespaceOf(i)+"/"+nameOf(i)] = true
	}
	if len(there) != n {
		t.Fatalf("%d names for %d objects", len(there), n)
	}
	for i := range n {
		for _, entry := range dependsOn(i) {
			dep, ok := entry.(object)
			if !ok {
				t.Fatalf("entry %v", entry)
			}
			namespace, given := dep["namespace"].(string)
			if !given {
				namespace = namespaceOf(i)
			}
			name, _ := dep["name"].(string)
			if !there[namespace+"/"+name] || namespace+"/"+name == namespaceOf(i)+"/"+nameOf(i) {
				t.Errorf("%s/%s depends on %v", namespaceOf(i), nameOf(i), dep)
			}
		}
	}
}
