package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// searched is what the search for cycles takes for each node, by how many nodes
// there are: the arcs that it looks at, and nanoseconds of CPU.
type searched map[int]struct{ arcs, cpu float64 }

// search runs the benchmark of the search for cycles, which cannot be measured
// from outside: reading 100 000 objects takes far longer.
func search(ctx context.Context, root string, progress io.Writer) (searched, error) {
	fmt.Fprintln(progress, "searching for cycles in up to 100000 nodes")
	cmd := exec.CommandContext(ctx, "go", "test", "./plugins/kubectl-fluxdeps/internal/graph",
		"-run=^$", "-bench=^BenchmarkSearch$", "-benchtime=10x", "-count=3")
	cmd.Dir, cmd.Env = root, append(cmd.Environ(), "GOWORK=off")
	said, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark of the search for cycles: %w: %s", err, said)
	}
	return parseSearch(said)
}

// parseSearch reads the output of go test. Of several runs of one size the
// fastest counts.
func parseSearch(said []byte) (searched, error) {
	all := searched{}
	for lines := bufio.NewScanner(bytes.NewReader(said)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "BenchmarkSearch/nodes=") {
			continue
		}
		size, _, _ := strings.Cut(strings.TrimPrefix(fields[0], "BenchmarkSearch/nodes="), "-")
		nodes, err := strconv.Atoi(size)
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", lines.Text(), err)
		}
		one := all[nodes]
		one.arcs = metric(fields, "arcs/node")
		if cpu := metric(fields, "cpu-ns/node"); one.cpu == 0 || cpu < one.cpu {
			one.cpu = cpu
		}
		all[nodes] = one
	}
	if all[smallest].cpu == 0 || all[largest].cpu == 0 {
		return nil, fmt.Errorf("the benchmark of the search for cycles said: %s", said)
	}
	return all, nil
}

// metric returns the number before a unit; 0 where the unit is not there.
func metric(fields []string, unit string) float64 {
	for i, field := range fields {
		if field == unit {
			value, _ := strconv.ParseFloat(fields[i-1], 64)
			return value
		}
	}
	return 0
}

// The sizes that are compared.
const (
	smallest = 1_000
	largest  = 100_000
)

// bounds are what is promised of the search. A search that is linear looks at
// the same number of arcs for each node; it takes more time for each only
// because 100 000 nodes do not fit into the processor's caches.
func (s searched) bounds() []bound {
	return []bound{
		{"cycle search, arcs a node, 100 000 ÷ 1 000 nodes", s[largest].arcs / s[smallest].arcs, 1.1, "×"},
		{"cycle search, CPU a node, 100 000 ÷ 1 000 nodes", s[largest].cpu / s[smallest].cpu, 8, "×"},
	}
}
