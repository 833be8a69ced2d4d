package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// The commands that are measured, as a user would type them.
const (
	rawList     = "kubectl get --raw …/kustomizations"
	graphJSON   = "kubectl-fluxdeps graph -A -o json"
	graphText   = "kubectl-fluxdeps graph -A -o text"
	asPlugin    = "kubectl fluxdeps graph -A -o json"
	tableList   = "kubectl get kustomizations -A"
	floorHelp   = "cobra alone --help"
	kubectlHelp = "kubectl version --client"
)

// plugin is one whose start-up and size are measured.
type plugin struct {
	// binary is the file's name, and dir that of its main package.
	binary, dir string
	// start is its start-up at most, as a part of kubectl's.
	start float64
	// size is its size at most, as a part of the flux CLI's.
	size float64
}

// help is the command that does nothing but start.
func (p plugin) help() string { return p.binary + " --help" }

// plugins are those of the product. kubectl runs a plugin after it has started
// itself: less than half of kubectl's own start is hardly felt.
func plugins() []plugin {
	return []plugin{
		{"kubectl-datum_creds", "kubectl-datum-creds", 1.0 / 3, 1.0 / 5},
		{"kubectl-fluxdeps", "kubectl-fluxdeps", 1.0 / 2, 1.0 / 3},
		{"kubectl-secretsync", "kubectl-secretsync", 1.0 / 2, 1.0 / 3},
	}
}

// sizes are those of files, in bytes, by name.
type sizes map[string]int64

const (
	mebibyte = 1 << 20
	megabyte = 1000 * 1000
)

// bound is something that must hold.
type bound struct {
	what  string
	got   float64
	limit float64
	unit  string
}

func (b bound) holds() bool { return b.got < b.limit }

// fluxCLI is the name of the program whose size is compared with.
const fluxCLI = "flux"

// bounds are what docs/performance.md promises, on medians.
func bounds(r results, size sizes) []bound {
	wall := func(name string) float64 { return float64(summarise(r[name]).median) }
	peak := func(name string) float64 { return float64(summarise(r[name]).peak) / mebibyte }
	all := []bound{
		{"wall, -o json ÷ get --raw", wall(graphJSON) / wall(rawList), 1.3, "×"},
		{"wall, -o text ÷ get --raw", wall(graphText) / wall(rawList), 1.3, "×"},
		{"peak memory, -o json", peak(graphJSON), 120, "MiB"},
		{"peak memory, -o text", peak(graphText), 120, "MiB"},
		{"wall, -o text ÷ kubectl get", wall(graphText) / wall(tableList), 1, "×"},
	}
	for _, p := range plugins() {
		all = append(all,
			bound{"start-up, " + p.help() + " ÷ " + kubectlHelp, wall(p.help()) / wall(kubectlHelp), p.start, "×"},
			bound{"size, " + p.binary + " ÷ flux CLI", float64(size[p.binary]) / float64(size[fluxCLI]), p.size, "×"})
	}
	return all
}

// table writes what the subjects took, each beside the floor.
func table(w io.Writer, r results, subjects []subject, floor string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "median\tmin\tmax\tCPU\tpeak\toutput\t×median\t×min\t\t")
	base := summarise(r[floor])
	for _, s := range subjects {
		got := summarise(r[s.name])
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%.1f MiB\t%.2f MB\t%.2f\t%.2f\t\t%s\n",
			shown(got.median), shown(got.fastest), shown(got.slowest), shown(got.cpu),
			float64(got.peak)/mebibyte, float64(got.bytes)/megabyte,
			float64(got.median)/float64(base.median), float64(got.fastest)/float64(base.fastest), s.name)
	}
	return tw.Flush()
}

func shown(d time.Duration) string {
	if d < 100*time.Millisecond {
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// verdicts writes each bound and whether it holds, and returns how many do
// not.
func verdicts(w io.Writer, all []bound) (broken int, err error) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range all {
		word := "holds"
		if !b.holds() {
			word = "BROKEN"
			broken++
		}
		fmt.Fprintf(tw, "%s\t%s\t%.2f %s\tbelow %.2f %s\n", word, b.what, b.got, b.unit, b.limit, b.unit)
	}
	return broken, tw.Flush()
}
