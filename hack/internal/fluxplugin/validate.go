package fluxplugin

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	lowerName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	semantic  = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-.+)?$`)
	checksum  = regexp.MustCompile(`^sha256:[a-f0-9]{64}$`)
)

// builtIn are the commands of the Flux CLI that the catalog keeps free.
const builtIn = "bootstrap build check completion create debug delete diff envsubst events export get help install list " +
	"logs migrate plugin pull push reconcile resume stats suspend tag trace tree uninstall version"

// faults collects what is wrong with a manifest, each with its field and value.
type faults []error

func (f *faults) check(ok bool, field, value, want string) {
	if !ok {
		*f = append(*f, fmt.Errorf("%s: %q %s", field, value, want))
	}
}

// Validate returns all that the catalog or the Flux CLI would refuse about the
// manifest in a file of the given name.
func Validate(file string, p *Plugin) error {
	var f faults
	f.check(p.APIVersion == APIVersion, "apiVersion", p.APIVersion, "is not "+APIVersion)
	f.check(p.Kind == PluginKind, "kind", p.Kind, "is not "+PluginKind)
	f.check(lowerName.MatchString(p.Name), "name", p.Name, "is not of a-z, 0-9 and -")
	f.check(path.Base(file) == p.Name+".yaml", "name", p.Name, "is not what the file is called: "+path.Base(file))
	f.check(!slices.Contains(strings.Fields(builtIn), p.Name), "name", p.Name, "is a command of the Flux CLI")
	f.check(p.Description != "", "description", p.Description, "is empty")
	f.check(strings.HasPrefix(p.Homepage, "https://"), "homepage", p.Homepage, "is no https address")
	f.check(strings.HasPrefix(p.Source, "https://"), "source", p.Source, "is no https address")
	f.check(lowerName.MatchString(p.Bin), "bin", p.Bin, "is not of a-z, 0-9 and -")
	f.check(p.Bin == "flux-"+p.Name, "bin", p.Bin, "is not flux- and the name, by which the Flux CLI finds it")
	f.check(len(p.Versions) > 0, "versions", "", "are none")
	for i, version := range p.Versions {
		f.version(fmt.Sprintf("versions[%d]", i), version)
	}
	return errors.Join(f...)
}

func (f *faults) version(field string, v Version) {
	f.check(semantic.MatchString(v.Version), field+".version", v.Version, "is no semantic version without a v")
	f.check(len(v.Platforms) > 0, field+".platforms", "", "are none")
	seen := map[string]bool{}
	for i, p := range v.Platforms {
		field := fmt.Sprintf("%s.platforms[%d]", field, i)
		f.check(slices.Contains([]string{"darwin", "linux", "windows"}, p.OS), field+".os", p.OS, "is not darwin, linux or windows")
		f.check(slices.Contains([]string{"amd64", "arm64"}, p.Arch), field+".arch", p.Arch, "is not amd64 or arm64")
		f.check(!seen[p.OS+"/"+p.Arch], field, p.OS+"/"+p.Arch, "is there twice")
		f.check(strings.HasPrefix(p.URL, "https://"), field+".url", p.URL, "is no https address")
		f.check(checksum.MatchString(p.Checksum), field+".checksum", p.Checksum, "is not sha256: and 64 lower-case hex digits")
		f.check(p.ExtractPath == "" || filepath.IsLocal(p.ExtractPath), field+".extractPath", p.ExtractPath, "leads out of the archive")
		seen[p.OS+"/"+p.Arch] = true
	}
}
