package krew

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Pair is an operating system and an architecture, in Go's names.
type Pair struct{ OS, Arch string }

// String writes linux/amd64.
func (p Pair) String() string { return p.OS + "/" + p.Arch }

// Pairs are the machines that krew-index knows (validate-krew-manifest).
func Pairs() []Pair {
	return []Pair{
		{"windows", "386"},
		{"windows", "amd64"},
		{"windows", "arm64"},
		{"linux", "386"},
		{"linux", "amd64"},
		{"linux", "arm"},
		{"linux", "arm64"},
		{"linux", "ppc64le"},
		{"darwin", "386"},
		{"darwin", "amd64"},
		{"darwin", "arm64"},
	}
}

// Matches reports whether krew would take this platform on such a machine.
func (p *Platform) Matches(machine Pair) bool {
	selector, err := metav1.LabelSelectorAsSelector(p.Selector)
	return err == nil && selector.Matches(labels.Set{"os": machine.OS, "arch": machine.Arch})
}

// For returns the platform that krew takes on such a machine: the first that
// matches, or nil.
func (p *Plugin) For(machine Pair) *Platform {
	for i := range p.Spec.Platforms {
		if p.Spec.Platforms[i].Matches(machine) {
			return &p.Spec.Platforms[i]
		}
	}
	return nil
}

func (f *faults) selector(field string, p *Platform) {
	s := p.Selector
	if s == nil || len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		f.check(false, field, "", "is empty")
		return
	}
	keys := s.MatchExpressions
	for key := range s.MatchLabels {
		keys = append(keys, metav1.LabelSelectorRequirement{Key: key})
	}
	for _, k := range keys {
		f.check(k.Key == "os" || k.Key == "arch", field, k.Key, "is neither os nor arch")
	}
	matched := false
	for _, machine := range Pairs() {
		matched = matched || p.Matches(machine)
		f.check(!p.Matches(machine) || machine.OS != "windows" || strings.HasSuffix(p.Bin, ".exe"),
			strings.TrimSuffix(field, "selector")+"bin", p.Bin, "has no .exe, for "+machine.String())
	}
	f.check(matched, field, metav1.FormatLabelSelector(s), "matches no machine that krew knows")
}

// overlaps finds machines for which two platforms are meant.
func (f *faults) overlaps(platforms []Platform) {
	for _, machine := range Pairs() {
		var matching []string
		for i := range platforms {
			if platforms[i].Matches(machine) {
				matching = append(matching, fmt.Sprintf("[%d]", i))
			}
		}
		f.check(len(matching) < 2, "spec.platforms", machine.String(), "is matched by "+strings.Join(matching, " and "))
	}
}
