package main

import "testing"

func TestParseSearch(t *testing.T) {
	const said = `goos: linux
BenchmarkSearch/nodes=1000-2      10   500 ns/op   3.0 arcs/node   500 cpu-ns/node
BenchmarkSearch/nodes=1000-2      10   400 ns/op   3.0 arcs/node   400 cpu-ns/node
BenchmarkSearch/nodes=100000-2    10   900 ns/op   6.0 arcs/node   1200 cpu-ns/node
PASS
`
	got, err := parseSearch([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{2, 3} {
		if bound := got.bounds()[i]; bound.got != want {
			t.Errorf("%s: %v, want %v", bound.what, bound.got, want)
		}
	}
	for _, broken := range []string{"", "BenchmarkSearch/nodes=many-2 1 1 ns/op", "BenchmarkSearch/nodes=1000-2 1 1 ns/op"} {
		if got, err := parseSearch([]byte(broken)); err == nil {
			t.Errorf("%q: %v", broken, got)
		}
	}
}
