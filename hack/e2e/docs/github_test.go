package docs_test

import (
	"io"
	"os"
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
	name, run, notRun string
	env               map[string]string
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
			if step := githubStepOf(t, &node); step.run != "" && node.Kind != yaml.AliasNode {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

func githubStepOf(t *testing.T, node *yaml.Node) (step githubStep) {
	t.Helper()
	var fields struct {
		Name string            `yaml:"name"`
		Run  string            `yaml:"run"`
		Env  map[string]string `yaml:"env"`
	}
	if err := node.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	for _, field := range node.Content {
		if _, reason, ok := strings.Cut(field.HeadComment, "not run: "); ok {
			step.notRun = reason
		}
	}
	step.name, step.run, step.env = fields.Name, fields.Run, fields.Env
	return step
}

var githubSecret = regexp.MustCompile(`^\$\{\{ secrets\.(\w+) \}\}$`)

// TestGitHubRuns runs every step as a runner does.
func TestGitHubRuns(t *testing.T) {
	m := newMachine(t)
	m.tree(t)
	m.key(t)
	m.fleet(t)
	if err := os.Mkdir(m.path("runner"), 0o700); err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"DATUM_SA_CREDENTIALS": m.read(t, "key.json"), "FLEET_KUBECONFIG": m.read(t, "kubeconfig.fleet"), "REGISTRY_TOKEN": "token-" + t.Name()}
	run := 0
	for _, step := range githubSteps(t) {
		if step.notRun != "" {
			t.Logf("%s is not run: %s", step.name, step.notRun)
			continue
		}
		env := []string{"RUNNER_TEMP=" + m.path("runner"), "GITHUB_STEP_SUMMARY=" + m.path("summary")}
		for name, value := range step.env {
			secret := githubSecret.FindStringSubmatch(value)
			if secret == nil || secrets[secret[1]] == "" {
				t.Fatalf("%s: %s is %s: want a secret that this test knows", step.name, name, value)
			}
			env = append(env, name+"="+secrets[secret[1]])
		}
		m.must(t, step.run, env...)
		run++
	}
	if !strings.Contains(m.read(t, "summary"), "```mermaid\nflowchart") {
		t.Errorf("the summary is\n%s", m.read(t, "summary"))
	}
	m.holds(t, "registry-token", "token", secrets["REGISTRY_TOKEN"])
	if run < 4 {
		t.Errorf("only %d steps were run", run)
	}
}

// TestGitHubCatches: the check fails where the tree is broken.
func TestGitHubCatches(t *testing.T) {
	m := newMachine(t)
	m.typo(t)
	for _, step := range githubSteps(t) {
		if strings.Contains(step.run, "--exit-code") {
			if said, code := m.shell(t, step.run); code != 1 {
				t.Errorf("exit code %d\n%s", code, said)
			}
			return
		}
	}
	t.Error("there is no check")
}
