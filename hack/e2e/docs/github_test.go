package docs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

// TestGitHubLint: GitHub's own rules for workflows.
func TestGitHubLint(t *testing.T) {
	path, text := example(t, "github-actions.yaml")
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []bool{false, true} {
		checked := string(text)
		if broken {
			checked = strings.Replace(checked, "runs-on: ubuntu-24.04", "runs-on: ubuntu-0.1", 1)
		}
		found, err := linter.Lint(path, []byte(checked), nil)
		if err != nil || (len(found) > 0) != broken {
			t.Errorf("broken: %v, found: %v, %v", broken, found, err)
		}
	}
}

// githubStep is a step of a job.
type githubStep struct {
	Name string            `yaml:"name"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
}

// githubSteps are all steps that run something, once each.
func githubSteps(t *testing.T) (steps []githubStep) {
	t.Helper()
	_, text := example(t, "github-actions.yaml")
	var workflow struct {
		Jobs yaml.Node `yaml:"jobs"`
	}
	if err := yaml.Unmarshal(text, &workflow); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(workflow.Jobs.Content); i += 2 {
		var job struct {
			Steps []yaml.Node `yaml:"steps"`
		}
		if err := workflow.Jobs.Content[i].Decode(&job); err != nil {
			t.Fatal(err)
		}
		for _, node := range job.Steps {
			var step githubStep
			if err := node.Decode(&step); err != nil {
				t.Fatal(err)
			}
			if step.Run != "" && node.Kind != yaml.AliasNode {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

var githubSecret = regexp.MustCompile(`^\$\{\{ secrets\.(\w+) \}\}$`)

// TestGitHubRuns runs every step as a runner does. This checkout stands for the version
// that is cloned from GitHub.
func TestGitHubRuns(t *testing.T) {
	m := newMachine(t)
	m.tree(t)
	m.key(t)
	m.fleet(t)
	m.upstream(t)
	secrets := map[string]string{"DATUM_SA_CREDENTIALS": m.read(t, "key.json"), "FLEET_KUBECONFIG": m.read(t, "kubeconfig.fleet"), "REGISTRY_TOKEN": "token-" + t.Name()}
	runner := append(goCaches(t),
		"RUNNER_TEMP="+m.path("runner"), "GITHUB_STEP_SUMMARY="+m.path("summary"), "GITHUB_PATH="+m.path("added-to-path"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://"+m.path("upstream")+".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/datum-cloud/kubectl-plugins",
	)
	steps := githubSteps(t)
	for _, step := range steps {
		env := runner
		for name, value := range step.Env {
			secret := githubSecret.FindStringSubmatch(value)
			if secret == nil || secrets[secret[1]] == "" {
				t.Fatalf("%s: %s is %s: want a secret that this test knows", step.Name, name, value)
			}
			env = append(env, name+"="+secrets[secret[1]])
		}
		if strings.Contains(step.Run, "kubectl secretsync copy") {
			m.canary(t, step.Run, env...)
		}
		m.must(t, step.Run, env...)
	}
	for _, plugin := range []string{"kubectl-fluxdeps", "kubectl-datum_creds", "kubectl-secretsync"} {
		m.must(t, strings.TrimSpace(m.read(t, "added-to-path"))+"/"+plugin+" version")
	}
	if !strings.Contains(m.read(t, "summary"), "```mermaid\nflowchart") {
		t.Errorf("the summary is\n%s", m.read(t, "summary"))
	}
	m.holds(t, "registry-token", "token", secrets["REGISTRY_TOKEN"])
	if len(steps) < 6 {
		t.Errorf("only %d steps were run", len(steps))
	}
}

// pinned is the installation of a version. A branch would be whatever somebody pushes.
var pinned = regexp.MustCompile(`git clone [^\n]*--branch (v\d+\.\d+\.\d+) https://github\.com/datum-cloud/kubectl-plugins `)

// upstream is the repository on GitHub, with a tag of the version that the workflow
// installs at this commit, and a main that builds nothing.
func (m *machine) upstream(t *testing.T) {
	t.Helper()
	_, text := example(t, "github-actions.yaml")
	version := pinned.FindSubmatch(text)
	if version == nil {
		t.Fatal("the workflow installs no version")
	}
	m.must(t, fmt.Sprintf(`mkdir -m 700 runner
git clone -q --depth 1 "file://%s" upstream && cd upstream
git tag -f %s
git checkout -q --orphan main-of-somebody && git rm -rfq . && git -c user.name=t -c user.email=t@example.com commit -q --allow-empty -m empty`, m.root, version[1]))
}

// goCaches let a build on the machine find what this one has.
func goCaches(t *testing.T) []string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "go", "env", "-json", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN").Output()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	if err := json.Unmarshal(said, &values); err != nil {
		t.Fatal(err)
	}
	var env []string
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	return env
}

// TestGitHubMayLittle: what a step could take is not left lying about, and who may
// bring secrets to production is decided elsewhere.
func TestGitHubMayLittle(t *testing.T) {
	_, text := example(t, "github-actions.yaml")
	var workflow struct {
		Permissions map[string]string `yaml:"permissions"`
		Jobs        map[string]struct {
			If          string            `yaml:"if"`
			Needs       string            `yaml:"needs"`
			Environment string            `yaml:"environment"`
			Concurrency string            `yaml:"concurrency"`
			Permissions map[string]string `yaml:"permissions"`
			Steps       []struct {
				Uses string         `yaml:"uses"`
				With map[string]any `yaml:"with"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if err := yaml.Unmarshal(text, &workflow); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(workflow.Permissions, map[string]string{"contents": "read"}) {
		t.Errorf("permissions %v", workflow.Permissions)
	}
	for name, job := range workflow.Jobs {
		if len(job.Permissions) > 0 {
			t.Errorf("%s: permissions %v", name, job.Permissions)
		}
		for _, step := range job.Steps {
			if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
				t.Errorf("%s: a checkout leaves its token to all later steps", name)
			}
		}
	}
	d := workflow.Jobs["distribute"]
	if d.If != "github.event_name == 'push'" || d.Needs != "check" || d.Environment != "production" || d.Concurrency != "distribute" {
		t.Errorf("it may run without approval, twice at once, or too early: %+v", d)
	}
}

// TestGitHubCatches: the check fails where the tree is broken, and what is drawn is what
// was checked, with the changes that only a rendered tree shows.
func TestGitHubCatches(t *testing.T) {
	m := newMachine(t)
	m.typo(t)
	m.must(t, "mkdir runner && echo 'nameSuffix: -rendered' >> clusters/production/kustomization.yaml")
	env := []string{"RUNNER_TEMP=" + m.path("runner"), "GITHUB_STEP_SUMMARY=" + m.path("summary")}
	for _, step := range githubSteps(t) {
		want := 0
		switch {
		case strings.Contains(step.Run, "--exit-code"):
			want = 1
		case !strings.Contains(step.Run, "tree.yaml"):
			continue
		}
		if said, code := m.shell(t, step.Run, env...); code != want {
			t.Errorf("%s: exit code %d, want %d\n%s", step.Name, code, want, said)
		}
	}
	if drawn := m.read(t, "summary"); !strings.Contains(drawn, "activity-ui-rendered") {
		t.Errorf("another tree is drawn\n%s", drawn)
	}
}
