package fluxplugin_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive/archivetest"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/fluxplugin"
)

// newPlugin returns a manifest by the rules, as a test changes it.
func newPlugin(change func(*fluxplugin.Plugin, *fluxplugin.Platform)) *fluxplugin.Plugin {
	p := &fluxplugin.Plugin{
		APIVersion: fluxplugin.APIVersion, Kind: fluxplugin.PluginKind, Name: "tool", Bin: "flux-tool",
		Description: "A tool", Homepage: "https://example.org", Source: "https://example.org/source",
		Versions: []fluxplugin.Version{{Version: "1.2.3-rc.1", Platforms: []fluxplugin.Platform{
			{OS: "linux", Arch: "amd64", URL: "https://example.org/a.tar.gz", Checksum: "sha256:" + strings.Repeat("0a", 32)},
			{OS: "linux", Arch: "arm64", URL: "https://example.org/b.tar.gz", Checksum: "sha256:" + strings.Repeat("0b", 32)},
		}}},
	}
	change(p, &p.Versions[0].Platforms[0])
	return p
}

type change = func(*fluxplugin.Plugin, *fluxplugin.Platform)

func TestEachBrokenRuleIsNamed(t *testing.T) {
	one := "versions[0].platforms[0]."
	for want, broken := range map[string]change{
		`apiVersion: "v1" is not cli`:                     func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.APIVersion = "v1" },
		`kind: "PluginCatalog" is not Plugin`:             func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Kind = fluxplugin.CatalogKind },
		`name: "Tool" is not of a-z`:                      func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Name = "Tool" },
		`name: "other" is not what the file is called`:    func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Name = "other" },
		`name: "tree" is a command of the Flux CLI`:       func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Name = "tree" },
		`description: "" is empty`:                        func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Description = "" },
		`homepage: "http://x" is no https`:                func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Homepage = "http://x" },
		`source: "" is no https`:                          func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Source = "" },
		`bin: "../sh" is not of a-z`:                      func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Bin = "../sh" },
		`bin: "kubectl-tool" is not flux- and the name`:   func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Bin = "kubectl-tool" },
		`versions: "" are none`:                           func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Versions = nil },
		`versions[0].version: "v1.2.3" is no semantic`:    func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Versions[0].Version = "v1.2.3" },
		`versions[0].platforms: "" are none`:              func(p *fluxplugin.Plugin, _ *fluxplugin.Platform) { p.Versions[0].Platforms = nil },
		one + `os: "plan9" is not darwin`:                 func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.OS = "plan9" },
		one + `arch: "386" is not amd64`:                  func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.Arch = "386" },
		`platforms[1]: "linux/arm64" is there twice`:      func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.Arch = "arm64" },
		one + `url: "http://x" is no https`:               func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.URL = "http://x" },
		one + `checksum: "sha256:00" is not`:              func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.Checksum = "sha256:00" },
		one + `extractPath: "../bin/sh" leads out of the`: func(_ *fluxplugin.Plugin, on *fluxplugin.Platform) { on.ExtractPath = "../bin/sh" },
	} {
		if err := fluxplugin.Validate("plugins/tool.yaml", newPlugin(broken)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
	if err := fluxplugin.Validate("plugins/tool.yaml", newPlugin(func(*fluxplugin.Plugin, *fluxplugin.Platform) {})); err != nil {
		t.Error(err)
	}
}

func TestUnknownFieldsAreErrors(t *testing.T) {
	if _, err := fluxplugin.Parse([]byte("kind: Plugin\nlicense: MIT")); err == nil || !strings.Contains(err.Error(), "license") {
		t.Error(err)
	}
}

func TestArchivesThatAreRefused(t *testing.T) {
	tool := archivetest.Entry{Name: "flux-tool"}
	for want, c := range map[string]struct {
		on      fluxplugin.Platform
		entries []archivetest.Entry
	}{
		"":                              {fluxplugin.Platform{OS: "linux"}, []archivetest.Entry{tool}},
		"no flux-tool.exe in it":        {fluxplugin.Platform{OS: "windows"}, []archivetest.Entry{tool}},
		"no flux-tool in it":            {fluxplugin.Platform{OS: "linux"}, []archivetest.Entry{{Name: "LICENSE"}}},
		"no bin/tool in it":             {fluxplugin.Platform{OS: "linux", ExtractPath: "bin/tool"}, []archivetest.Entry{tool}},
		`"../flux-tool" leads out`:      {fluxplugin.Platform{OS: "linux"}, []archivetest.Entry{tool, {Name: "../flux-tool"}}},
		"its checksum is sha256:":       {fluxplugin.Platform{OS: "linux", Checksum: "sha256:00"}, []archivetest.Entry{tool}},
		`"flux-tool" is no plain file `: {fluxplugin.Platform{OS: "linux"}, []archivetest.Entry{{Name: "flux-tool", Link: "/bin/sh"}}},
	} {
		path := archivetest.TarGz(t, "a.tar.gz", c.entries...)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if c.on.Checksum == "" {
			c.on.Checksum = fmt.Sprintf("sha256:%x", sha256.Sum256(data))
		}
		err = fluxplugin.CheckArchive(&fluxplugin.Plugin{Bin: "flux-tool"}, c.on, path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
}
