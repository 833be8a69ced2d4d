package krew

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// released are the machines that a release is built for.
var released = []Pair{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}}

func someSum(string) (string, error) { return strings.Repeat("0a", 32), nil }

func TestTemplates(t *testing.T) {
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) != 3 {
		t.Fatalf("templates: %q, %v", files, err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) { checkTemplate(t, file) })
	}
}

func checkTemplate(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := Render(string(text), "v1.2.3", someSum)
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := Parse(rendered)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Validate(file, plugin), Accept(plugin)); err != nil {
		t.Error(err)
	}
	checkPlatforms(t, plugin)
	checkCommands(t, plugin)
	checkHomepage(t, plugin)
}

// checkPlatforms wants an archive for what is released, and for nothing else.
func checkPlatforms(t *testing.T, plugin *Plugin) {
	t.Helper()
	for _, machine := range Pairs() {
		platform := plugin.For(machine)
		if slices.Contains(released, machine) != (platform != nil) {
			t.Errorf("%s: released is not what the manifest says", machine)
		}
		if platform == nil {
			continue
		}
		want := "/v1.2.3/" + plugin.Metadata.Name + "_v1.2.3_" + machine.OS + "_" + machine.Arch + "."
		if !strings.Contains(platform.URI, want) {
			t.Errorf("%s: %s does not hold %s", machine, platform.URI, want)
		}
	}
}

var (
	nextStep  = regexp.MustCompile(`(kubectl ([a-z-]+) [a-z-]+)(.*)`)
	stepFlag  = regexp.MustCompile(`\s(--?[A-Za-z][\w-]*)`)
	knownFlag = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[\w-]+)`)
)

// checkCommands wants texts to name only commands and flags that exist.
func checkCommands(t *testing.T, plugin *Plugin) {
	t.Helper()
	name := plugin.Metadata.Name
	reference, err := os.ReadFile("../docs/" + name + "/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range nextStep.FindAllStringSubmatch(plugin.Spec.Caveats+plugin.Spec.Description, -1) {
		flags, ok := flagsOf(string(reference), step[1])
		if step[2] != name || !ok {
			t.Errorf("there is no command %q", step[1])
		}
		for _, flag := range stepFlag.FindAllStringSubmatch(step[3], -1) {
			if !slices.Contains(flags, flag[1]) {
				t.Errorf("%s has no flag %s", step[1], flag[1])
			}
		}
	}
}

// checkHomepage wants the plugin's guide, which exists.
func checkHomepage(t *testing.T, plugin *Plugin) {
	t.Helper()
	guide, ok := strings.CutPrefix(plugin.Spec.Homepage, "https://github.com/datum-cloud/kubectl-plugins/tree/main/")
	if _, err := os.Stat(filepath.Join("..", guide, "README.md")); err != nil || !ok || path.Base(guide) != plugin.Metadata.Name {
		t.Errorf("the homepage %s is not the guide: %v", plugin.Spec.Homepage, err)
	}
}

// flagsOf are the flags that a reference lists for a command.
func flagsOf(reference, command string) (flags []string, ok bool) {
	_, section, ok := strings.Cut(reference, "\n## "+command+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, listed, _ := strings.Cut(section, "\nFlags:\n")
	for _, flag := range knownFlag.FindAllStringSubmatch(listed, -1) {
		flags = append(flags, flag[1:]...)
	}
	return flags, ok
}

func TestRenderWhatTheBotWouldNot(t *testing.T) {
	unknown := func(uri string) (string, error) { return "", errors.New("no sum of " + uri) }
	for text, want := range map[string]string{
		"version: {{ .Tag }}":                                  "can't evaluate field Tag",
		"version: {{ .TagName | trim }}":                       `function "trim" not defined`,
		`{{addURIAndSha "https://x/{{ .TagName }}" .TagName}}`: "no sum of https://x/v1.2.3",
		`{{addURIAndSha "https://x/{{ .Version }}" .TagName}}`: "can't evaluate field Version",
	} {
		if _, err := Render(text, "v1.2.3", unknown); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot: %v\nwant: %s", text, err, want)
		}
	}
}
