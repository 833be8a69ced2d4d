// Package linediff shows which lines of a kubeconfig change. It shows no line
// besides, and of those that change not the values of secrets: a file that is
// written anew changes in all its lines.
package linediff

import (
	"fmt"
	"io"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// Write writes the lines that go and those that come, each group under its
// place in the old and the new text.
func Write(w io.Writer, name string, before, after []byte) error {
	a, b := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(after), "\n")
	shownA, shownB := redact(a), redact(b)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", output.Text(name), output.Text(name))
	for _, h := range hunks(a, b) {
		fmt.Fprintf(&out, "@@ -%d,%d +%d,%d @@\n", h.oldAt+1, h.oldTo-h.oldAt, h.newAt+1, h.newTo-h.newAt)
		mark(&out, "-", shownA[h.oldAt:h.oldTo])
		mark(&out, "+", shownB[h.newAt:h.newTo])
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func mark(out *strings.Builder, sign string, lines []string) {
	for _, line := range lines {
		if line != "" {
			out.WriteString(sign + output.Text(strings.TrimRight(line, "\r\n")) + "\n")
		}
	}
}

// hunk is a range of old lines that a range of new ones takes the place of.
type hunk struct{ oldAt, oldTo, newAt, newTo int }

// hunks compares by the longest common subsequence, after what is the same at
// both ends is out of the way.
func hunks(a, b []string) []hunk {
	start, endA, endB := 0, len(a), len(b)
	for start < endA && start < endB && a[start] == b[start] {
		start++
	}
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	var all []hunk
	i, j := start, start
	for _, pair := range append(common(a, b, start, endA, endB), [2]int{endA, endB}) {
		if pair[0] > i || pair[1] > j {
			all = append(all, hunk{i, pair[0], j, pair[1]})
		}
		i, j = pair[0]+1, pair[1]+1
	}
	return all
}

// common returns the pairs of equal lines of the longest common subsequence.
func common(a, b []string, start, endA, endB int) [][2]int {
	n, m := endA-start, endB-start
	length := make([][]int32, n+1)
	for i := range length {
		length[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[start+i] == b[start+j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case a[start+i] == b[start+j]:
			pairs = append(pairs, [2]int{start + i, start + j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
