package release_test

// The rules of our GitHub workflows that actionlint, which is part of `make
// lint`, does not know.

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// workflow is what the rules look at.
type workflow struct {
	// On is what YAML 1.1 takes for true.
	On          map[string]any `json:"true"`
	Permissions map[string]string
	Jobs        map[string]job
}

type job struct {
	Uses, If    string
	Needs       names
	Environment string
	Env         map[string]string
	Strategy    struct {
		FailFast *bool `json:"fail-fast"`
		Matrix   map[string][]string
	}
	TimeoutMinutes int `json:"timeout-minutes"`
	Permissions    map[string]string
	Steps          []step
}

type step struct {
	Uses, Run string
	With      map[string]any
}

// names is one, or a list.
type names []string

func (n *names) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		text = slices.Concat([]byte("["), text, []byte("]"))
	}
	return json.Unmarshal(text, (*[]string)(n))
}

// load reads all workflows, by their file names.
func load(t *testing.T) (root string, all map[string]workflow) {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}
	all = map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = w
	}
	return root, all
}

func TestWorkflowsMayLittle(t *testing.T) {
	// Who may write, and what for, is decided here a second time.
	granted := map[string]map[string]string{
		"release.yml release": {"contents": "write", "packages": "write", "id-token": "write", "attestations": "write"},
	}
	_, all := load(t)
	for file, w := range all {
		if len(w.On) == 0 {
			t.Errorf("%s: nothing starts it", file)
		}
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: permissions %v, want contents: read", file, w.Permissions)
		}
		if _, ok := w.On["pull_request_target"]; ok {
			t.Errorf("%s: pull_request_target runs a stranger's change with our rights", file)
		}
		for name, j := range w.Jobs {
			if want := granted[file+" "+name]; !maps.Equal(j.Permissions, want) {
				t.Errorf("%s: %s has the rights %v, want %v", file, name, j.Permissions, want)
			}
			if j.Uses == "" && j.TimeoutMinutes == 0 {
				t.Errorf("%s: %s may run for hours", file, name)
			}
		}
	}
}

// pinned actions have the hash of a commit; byTag are those whose hash nobody
// here could look up.
var (
	pinned = regexp.MustCompile(`^[\w.-]+/[\w.-]+@[a-f0-9]{40}$`)
	byTag  = map[string]bool{"rajatjindal/krew-release-bot@v0.0.51": true}
)

func TestActionsArePinned(t *testing.T) {
	_, all := load(t)
	for file, w := range all {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" && !pinned.MatchString(s.Uses) && !byTag[s.Uses] {
					t.Errorf("%s: %s is not pinned by the hash of a commit", file, s.Uses)
				}
				// An index is pushed to with the key of its own checkout.
				pushes := s.With["repository"] != nil
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false && !pushes {
					t.Errorf("%s: a checkout leaves its token to all later steps", file)
				}
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: an expression in a script can be code: %s", file, s.Run)
				}
			}
		}
	}
}

var ourOwn = regexp.MustCompile(`(?m)^(?:sudo --\S+ )?(make [a-z-]+|hack/\S+|\.ci/\S+)`)

func TestWorkflowsRunWhatThereIs(t *testing.T) {
	root, all := load(t)
	makefile := read(t, filepath.Join(root, "Makefile"))
	found := 0
	for file, w := range all {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				for _, match := range ourOwn.FindAllStringSubmatch(s.Run, -1) {
					found++
					target, isTarget := strings.CutPrefix(match[1], "make ")
					if isTarget && !strings.Contains(makefile, "\n"+target+":") {
						t.Errorf("%s: no target %s", file, target)
					}
					if _, err := os.Stat(filepath.Join(root, match[1])); !isTarget && err != nil {
						t.Errorf("%s: %v", file, err)
					}
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("found only %d commands of ours", found)
	}
}
