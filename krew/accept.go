package krew

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var kebabCase = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Accept returns what reviewers of krew-index would refuse beyond Validate:
// https://krew.sigs.k8s.io/docs/developer-guide/develop/naming-guide and
// best-practices. That archives hold a licence is the build's check.
func Accept(p *Plugin) error {
	var f faults
	name := p.Metadata.Name
	f.check(kebabCase.MatchString(name), "metadata.name", name, "is not in kebab-case")
	f.check(!strings.HasPrefix(name, "kube"), "metadata.name", name, "begins with kube, as all plugins could")
	f.check(strings.HasPrefix(p.Spec.Homepage, "https://"), "spec.homepage", p.Spec.Homepage, "is no https address")
	f.check(strings.TrimSpace(p.Spec.Description) != "", "spec.description", p.Spec.Description, "is empty")
	for i, platform := range p.Spec.Platforms {
		field := fmt.Sprintf("spec.platforms[%d].uri", i)
		f.check(strings.HasPrefix(platform.URI, "https://"), field, platform.URI, "is no https address")
		f.check(strings.Contains(platform.URI, "/"+p.Spec.Version+"/"), field, platform.URI, "is not of version "+p.Spec.Version)
	}
	return errors.Join(f...)
}
