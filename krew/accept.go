package krew

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

var kebabCase = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// maxShort is how long a short description may be, in characters: `kubectl krew search`
// cuts it off there (krew v0.4.3, cmd/krew/cmd/search.go).
const maxShort = 50

// Accept returns what reviewers of krew-index would refuse beyond Validate:
// https://krew.sigs.k8s.io/docs/developer-guide/develop/naming-guide and
// best-practices. That archives hold a license is checked by validate-krew-manifest.
func Accept(p *Plugin) error {
	var f faults
	name := p.Metadata.Name
	f.check(kebabCase.MatchString(name), "metadata.name", name, "is not in kebab-case")
	f.check(!strings.HasPrefix(name, "kube"), "metadata.name", name, "begins with kube, as all plugins could")
	f.texts(&p.Spec)
	for i, platform := range p.Spec.Platforms {
		field := fmt.Sprintf("spec.platforms[%d].uri", i)
		f.check(strings.HasPrefix(platform.URI, "https://"), field, platform.URI, "is no https address")
		f.check(strings.Contains(platform.URI, "/"+p.Spec.Version+"/"), field, platform.URI, "is not of version "+p.Spec.Version)
	}
	return errors.Join(f...)
}

// texts checks what users read. Caveats are for what would surprise a user after the
// installation; usage belongs on the homepage.
func (f *faults) texts(s *Spec) {
	f.check(strings.HasPrefix(s.Homepage, "https://"), "spec.homepage", s.Homepage, "is no https address")
	short := s.ShortDescription
	f.check(utf8.RuneCountInString(short) <= maxShort, "spec.shortDescription", short, fmt.Sprintf("has more than %d characters", maxShort))
	f.check(!strings.HasSuffix(short, "."), "spec.shortDescription", short, "ends with a period")
	f.check(strings.TrimSpace(s.Description) != "", "spec.description", s.Description, "is empty")
	f.check(strings.TrimSpace(s.Description) != short, "spec.description", s.Description, "repeats the short description")
	f.check(s.Caveats == "" || strings.TrimSpace(s.Caveats) != "", "spec.caveats", s.Caveats, "is blank: leave it out")
	f.check(s.Homepage == "" || !strings.Contains(s.Caveats, s.Homepage), "spec.caveats", s.Caveats, "repeats the homepage")
}
