package krew

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAManifestByTheRulesIsFine(t *testing.T) {
	for name, plugin := range map[string]*builder{
		"two platforms":   newPlugin(),
		"pre-release":     newPlugin().with(func(p *Plugin) { p.Spec.Version = "v1.2.3-rc.1+build.5" }),
		"files":           newPlugin().platform(func(p *Platform) { p.Files = []FileOperation{{"*", "."}, {"LICENSE", "doc"}} }),
		"by expression":   newPlugin().platform(func(p *Platform) { p.Selector = expression("arch", "amd64", "arm64", "386") }).with(first),
		"name with digit": newPlugin().name("k9-plugin"),
	} {
		t.Run(name, func(t *testing.T) {
			p := plugin.build()
			if err := Validate("plugins/"+p.Metadata.Name+".yaml", p); err != nil {
				t.Error(err)
			}
		})
	}
}

// first leaves one platform only.
func first(p *Plugin) {
	p.Spec.Platforms = p.Spec.Platforms[:1]
	p.Spec.Platforms[0].Bin = "program.exe"
}

func expression(key string, values ...string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: metav1.LabelSelectorOpIn, Values: values}}}
}

func TestEachBrokenRuleIsNamed(t *testing.T) {
	one := "spec.platforms[0]."
	for want, plugin := range map[string]*builder{
		`apiVersion: "v1" is not krew`:                                      newPlugin().with(func(p *Plugin) { p.APIVersion = "v1" }),
		`kind: "Plug" is not Plugin`:                                        newPlugin().with(func(p *Plugin) { p.Kind = "Plug" }),
		`metadata.name: "a.b" holds more`:                                   newPlugin().name("a.b"),
		`metadata.name: "" holds more`:                                      newPlugin().name(""),
		`metadata.name: "Nul" is a name that Windows`:                       newPlugin().name("Nul"),
		`metadata.name: "lpt1" is a name that Windows`:                      newPlugin().name("lpt1"),
		`spec.version: "1.2.3" is no semantic version`:                      newPlugin().with(func(p *Plugin) { p.Spec.Version = "1.2.3" }),
		`spec.version: "v1.2" is no semantic version`:                       newPlugin().with(func(p *Plugin) { p.Spec.Version = "v1.2" }),
		`spec.version: "v1.02.3" is no semantic version`:                    newPlugin().with(func(p *Plugin) { p.Spec.Version = "v1.02.3" }),
		`spec.version: "v1.2.3-007" is no semantic version`:                 newPlugin().with(func(p *Plugin) { p.Spec.Version = "v1.2.3-007" }),
		`spec.shortDescription: "" is empty`:                                newPlugin().with(func(p *Plugin) { p.Spec.ShortDescription = "" }),
		`spec.shortDescription: "a\nb" has more than one line`:              newPlugin().with(func(p *Plugin) { p.Spec.ShortDescription = "a\nb" }),
		`spec.platforms: [] names no platform`:                              newPlugin().with(func(p *Plugin) { p.Spec.Platforms = nil }),
		one + `uri: "" is empty`:                                            newPlugin().platform(func(p *Platform) { p.URI = "" }),
		one + `sha256: "` + strings.Repeat("0A", 32) + `" is not 64`:        newPlugin().platform(func(p *Platform) { p.SHA256 = strings.Repeat("0A", 32) }),
		one + `sha256: "0a" is not 64`:                                      newPlugin().platform(func(p *Platform) { p.SHA256 = "0a" }),
		one + `bin: "" is empty`:                                            newPlugin().platform(func(p *Platform) { p.Bin = "" }),
		one + `bin: "../sh" leads out`:                                      newPlugin().platform(func(p *Platform) { p.Bin = "../sh" }),
		one + `files: [] is empty`:                                          newPlugin().platform(func(p *Platform) { p.Files = []FileOperation{} }),
		one + `files[0].from: "" is empty`:                                  newPlugin().platform(func(p *Platform) { p.Files = []FileOperation{{"", "."}} }),
		one + `files[0].to: "" is empty`:                                    newPlugin().platform(func(p *Platform) { p.Files = []FileOperation{{"*", ""}} }),
		one + `files[0].to: "/etc" leads out`:                               newPlugin().platform(func(p *Platform) { p.Files = []FileOperation{{"*", "/etc"}} }),
		one + `selector: "" is empty`:                                       newPlugin().platform(func(p *Platform) { p.Selector = nil }),
		one + `selector: "libc" is neither os nor arch`:                     newPlugin().platform(func(p *Platform) { p.Selector.MatchLabels["libc"] = "musl" }),
		one + `selector: "cpu" is neither os nor arch`:                      newPlugin().platform(func(p *Platform) { p.Selector = expression("cpu", "amd64") }),
		one + `selector: "arch=s390x,os=linux" matches no machine`:          newPlugin().platform(func(p *Platform) { p.Selector.MatchLabels["arch"] = "s390x" }),
		`spec.platforms[1].bin: "program" has no .exe, for windows/amd64`:   newPlugin().with(func(p *Plugin) { p.Spec.Platforms[1].Bin = "program" }),
		`spec.platforms: "windows/amd64" is matched by [0] and [1]`:         newPlugin().platform(func(p *Platform) { p.Selector = expression("arch", "amd64") }),
		`metadata.name: "other" is not what the file is called: other.json`: newPlugin().name("other"),
	} {
		t.Run(want, func(t *testing.T) {
			p := plugin.build()
			file := p.Metadata.Name + ".yaml"
			if p.Metadata.Name == "other" {
				file = "plugins/other.json"
			}
			err := Validate(file, p)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got: %v\nwant: %s", err, want)
			}
		})
	}
}

func TestReviewersRefuse(t *testing.T) {
	for want, plugin := range map[string]*builder{
		`metadata.name: "some_plugin" is not in kebab-case`:                 newPlugin().name("some_plugin"),
		`metadata.name: "SomePlugin" is not in kebab-case`:                  newPlugin().name("SomePlugin"),
		`metadata.name: "kube-deps" begins with kube`:                       newPlugin().name("kube-deps"),
		`spec.homepage: "" is no https address`:                             newPlugin().with(func(p *Plugin) { p.Spec.Homepage = "" }),
		`spec.shortDescription: "` + strings.Repeat("é", 51) + `" has more`: newPlugin().with(func(p *Plugin) { p.Spec.ShortDescription = strings.Repeat("é", 51) }),
		`spec.shortDescription: "Do it." ends with a period`:                newPlugin().with(func(p *Plugin) { p.Spec.ShortDescription = "Do it." }),
		`spec.description: "Do something\n" repeats the short`:              newPlugin().with(func(p *Plugin) { p.Spec.Description = p.Spec.ShortDescription + "\n" }),
		`spec.caveats: "\n" is blank`:                                       newPlugin().with(func(p *Plugin) { p.Spec.Caveats = "\n" }),
		`spec.caveats: "See https://example.org" repeats the homepage`:      newPlugin().with(func(p *Plugin) { p.Spec.Caveats = "See https://example.org" }),
		`spec.description: " " is empty`:                                    newPlugin().with(func(p *Plugin) { p.Spec.Description = " " }),
		`spec.platforms[0].uri: "http://x/v1.2.3/a" is no https address`:    newPlugin().platform(func(p *Platform) { p.URI = "http://x/v1.2.3/a" }),
		`spec.platforms[0].uri: "https://x/latest/a" is not of version v1`:  newPlugin().platform(func(p *Platform) { p.URI = "https://x/latest/a" }),
	} {
		t.Run(want, func(t *testing.T) {
			if err := Accept(plugin.build()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got: %v\nwant: %s", err, want)
			}
		})
	}
	for _, plugin := range []*builder{newPlugin(), newPlugin().with(func(p *Plugin) { p.Spec.ShortDescription = strings.Repeat("é", 50) })} {
		if err := Accept(plugin.build()); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownFieldsAreErrors(t *testing.T) {
	for text, want := range map[string]string{
		"kind: Plugin\nspec: {short: x}": `unknown field "short"`,
		"kind: Plugin\nkind: Plugin":     `key "kind" already set`,
		"{":                              "krew manifest",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot: %v\nwant: %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("apiVersion: " + APIVersion + "\nkind: Plugin\nspec: {platforms: [{selector: {matchLabels: {os: linux}}}]}"))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		plugin, err := Parse(manifest)
		if err != nil {
			return
		}
		if Validate("x.yaml", plugin) == nil && plugin.Metadata.Name != "x" {
			t.Errorf("a plugin called %q passes as x.yaml", plugin.Metadata.Name)
		}
	})
}
