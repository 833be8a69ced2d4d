package docs_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// gitlabJob has the keywords of jobs that the example uses: any other fails, for
// GitLab takes one that is misspelt at the top for a job.
type gitlabJob struct {
	Stage         string              `yaml:"stage"`
	Image         string              `yaml:"image"`
	Timeout       string              `yaml:"timeout"`
	Rules         []map[string]string `yaml:"rules"`
	Needs         []string            `yaml:"needs"`
	Environment   string              `yaml:"environment"`
	ResourceGroup string              `yaml:"resource_group"`
	Variables     map[string]string   `yaml:"variables"`
	Script        []string            `yaml:"script"`
}

func gitlabJobs(t *testing.T) map[string]gitlabJob {
	t.Helper()
	_, text := example(t, "gitlab-ci.yml")
	var top map[string]yaml.Node
	if err := yaml.Unmarshal(text, &top); err != nil {
		t.Fatal(err)
	}
	var stages []string
	jobs := map[string]gitlabJob{}
	for name, node := range top {
		var job gitlabJob
		into := any(&job)
		if name == "stages" {
			into = &stages
		}
		raw, err := yaml.Marshal(&node)
		if err != nil {
			t.Fatal(err)
		}
		decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
		decoder.KnownFields(true)
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != "stages" && name != "default" {
			jobs[name] = job
		}
	}
	for name, job := range jobs {
		if !slices.Contains(stages, job.Stage) || len(job.Script) == 0 || len(job.Rules) == 0 {
			t.Errorf("%s has no stage, script or rules: %+v", name, job)
		}
		for _, need := range job.Needs {
			if _, ok := jobs[need]; !ok {
				t.Errorf("%s needs %s, which is no job", name, need)
			}
		}
	}
	return jobs
}

// script is what GitLab's runner gives to the shell.
func (j gitlabJob) script() string { return strings.Join(j.Script, "\n") }

// TestGitLabRuns runs every job as a runner does.
func TestGitLabRuns(t *testing.T) {
	m, jobs := newMachine(t), gitlabJobs(t)
	m.tree(t)
	m.fleet(t)
	if err := os.WriteFile(m.path("kubeconfig.agents"), []byte(m.read(t, "kubeconfig.fleet")), 0o600); err != nil {
		t.Fatal(err)
	}
	agents := "KUBECONFIG=" + m.path("kubeconfig.agents")
	m.must(t, "kubectl config rename-context prod-1 platform/fleet:prod-1; kubectl config rename-context prod-2 platform/fleet:prod-2", agents)

	m.must(t, jobs["check"].script())
	password := "password-" + t.Name()
	m.program(t, "flux", `printf '%s\n' "$@" > "$HOME/flux.args"; cp "$DOCKER_CONFIG/config.json" "$HOME/docker.json"`)
	m.must(t, jobs["publish"].script(), "CI_REGISTRY_USER=gitlab-ci-token", "CI_REGISTRY_PASSWORD="+password, "CI_REGISTRY=registry.example.com",
		"CI_REGISTRY_IMAGE=registry.example.com/platform/fleet", "CI_COMMIT_SHORT_SHA=0123abcd", "CI_COMMIT_SHA=0123abcd4567", "CI_COMMIT_BRANCH=main",
		"CI_PROJECT_URL=https://git.example.com/platform/fleet")
	checkPush(t, m, password)

	token := "token-" + t.Name()
	distribute := jobs["distribute"]
	env := []string{agents, "REGISTRY_TOKEN=" + token, "AGENTS=" + distribute.Variables["AGENTS"]}
	m.canary(t, distribute.script(), env...)
	m.must(t, distribute.script(), env...)
	m.holds(t, "registry-token", "token", token)
	if distribute.Environment != "production" || distribute.ResourceGroup != "production" || !slices.Equal(distribute.Needs, []string{"publish"}) {
		t.Errorf("it may run without approval, twice at once, or too early: %+v", distribute)
	}
	if len(jobs) != 3 {
		t.Errorf("%d jobs, of which three were run", len(jobs))
	}
}

// checkPush: flux finds the login where it looks, and it is not in arguments.
func checkPush(t *testing.T, m *machine, password string) {
	t.Helper()
	var docker struct {
		Auths map[string]struct{ Auth string }
	}
	if err := json.Unmarshal([]byte(m.read(t, "docker.json")), &docker); err != nil {
		t.Fatal(err)
	}
	login, err := base64.StdEncoding.DecodeString(docker.Auths["registry.example.com"].Auth)
	if err != nil || string(login) != "gitlab-ci-token:"+password {
		t.Errorf("another login, %v", err)
	}
	checkPushed(t, m, strings.Split(strings.TrimSpace(m.read(t, "flux.args")), "\n"))
}

// checkPushed compares all arguments, and has the real flux parse them.
func checkPushed(t *testing.T, m *machine, args []string) {
	t.Helper()
	want := []string{
		"push", "artifact", "oci://registry.example.com/platform/fleet/clusters/production:0123abcd", "--path=clusters/production",
		"--source=https://git.example.com/platform/fleet", "--revision=main@sha1:0123abcd4567",
	}
	if !slices.Equal(args, want) {
		t.Errorf("flux is called with\n%q, want\n%q", args, want)
	}
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := provider.Ensure(t.Context(), servers.FluxCLI)
	if err != nil {
		t.Fatal(err)
	}
	// It prints its help after it has parsed what stands before.
	for flag, ok := range map[string]bool{"--debug=false": true, "--no-such-flag": false} {
		call := append([]string{paths[servers.FluxCLI]}, args...)
		if said, code := m.shell(t, "'"+strings.Join(append(call, flag, "--help"), "' '")+"'"); (code == 0) != ok {
			t.Errorf("%s: exit code %d\n%s", flag, code, said)
		}
	}
}
