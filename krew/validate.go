package krew

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	safeName = regexp.MustCompile(`^[\w-]+$`)
	// Windows has no files of these names, with any extension or none.
	reservedName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
	lowerHex     = regexp.MustCompile(`^[a-f0-9]{64}$`)
	// semver.org's own expression, after the v.
	semanticVersion = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
		`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?` +
		`(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)
)

// faults collects what is wrong with a manifest, each with its field and value.
type faults []error

func (f *faults) check(ok bool, field string, value any, want string) {
	if !ok {
		*f = append(*f, fmt.Errorf("%s: %q %s", field, value, want))
	}
}

// Validate returns all that krew would refuse about the manifest in a file of
// the given name.
func Validate(file string, p *Plugin) error {
	var f faults
	name := p.Metadata.Name
	f.check(p.APIVersion == APIVersion, "apiVersion", p.APIVersion, "is not "+APIVersion)
	f.check(p.Kind == Kind, "kind", p.Kind, "is not "+Kind)
	f.check(safeName.MatchString(name), "metadata.name", name, "holds more than letters, digits, _ and -")
	f.check(!reservedName.MatchString(name), "metadata.name", name, "is a name that Windows keeps for itself")
	f.check(path.Base(file) == name+".yaml", "metadata.name", name, "is not what the file is called: "+path.Base(file))
	f.check(semanticVersion.MatchString(p.Spec.Version), "spec.version", p.Spec.Version, "is no semantic version with a leading v")
	short := p.Spec.ShortDescription
	f.check(short != "", "spec.shortDescription", short, "is empty")
	f.check(!strings.ContainsAny(short, "\r\n"), "spec.shortDescription", short, "has more than one line")
	f.check(len(p.Spec.Platforms) > 0, "spec.platforms", p.Spec.Platforms, "names no platform")
	for i := range p.Spec.Platforms {
		f.platform(fmt.Sprintf("spec.platforms[%d]", i), &p.Spec.Platforms[i])
	}
	f.overlaps(p.Spec.Platforms)
	return errors.Join(f...)
}

func (f *faults) platform(field string, p *Platform) {
	f.check(p.URI != "", field+".uri", p.URI, "is empty")
	f.check(lowerHex.MatchString(p.SHA256), field+".sha256", p.SHA256, "is not 64 lower-case hex digits")
	f.check(p.Bin != "", field+".bin", p.Bin, "is empty")
	f.check(p.Bin == "" || filepath.IsLocal(p.Bin), field+".bin", p.Bin, "leads out of the plugin's folder")
	f.check(p.Files == nil || len(p.Files) > 0, field+".files", p.Files, "is empty: leave it out to take all files")
	for i, files := range p.Files {
		field := fmt.Sprintf("%s.files[%d]", field, i)
		f.check(files.From != "", field+".from", files.From, "is empty")
		f.check(files.To != "", field+".to", files.To, "is empty")
		f.check(files.To == "" || filepath.IsLocal(files.To), field+".to", files.To, "leads out of the plugin's folder")
	}
	f.selector(field+".selector", p)
}
