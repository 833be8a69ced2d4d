package docs_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// spaceliftConfig has the keys of Spacelift's configuration that the example
// uses; any other fails.
type spaceliftConfig struct {
	Version string `yaml:"version"`
	Stacks  map[string]struct {
		BeforeInit  []string          `yaml:"before_init"`
		BeforeApply []string          `yaml:"before_apply"`
		Environment map[string]string `yaml:"environment"`
	} `yaml:"stacks"`
}

// TestSpaceliftConfig: its hooks are one of the scripts, before the run and after it has
// waited for approval, and its variables are those that the script takes.
func TestSpaceliftConfig(t *testing.T) {
	path, text := example(t, "spacelift/config.yml")
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	var config spaceliftConfig
	if err := decoder.Decode(&config); err != nil || config.Version != "1" || len(config.Stacks) != 1 {
		t.Fatalf("%+v, %v", config, err)
	}
	for name, stack := range config.Stacks {
		script, ok := strings.CutPrefix(strings.Join(stack.BeforeInit, "\n"), "sh .spacelift/")
		text, err := os.ReadFile(filepath.Join(filepath.Dir(path), script))
		if !ok || err != nil || !slices.Equal(stack.BeforeInit, stack.BeforeApply) {
			t.Errorf("%s: %v, %v, %v", name, stack.BeforeInit, stack.BeforeApply, err)
		}
		for _, variable := range []string{"CLUSTER_NAME", "CLUSTER_SERVER", "CLUSTER_CA", "AWS_REGION"} {
			if stack.Environment[variable] == "" || !strings.Contains(string(text), "$"+variable) {
				t.Errorf("%s: %s is not set or not used", name, variable)
			}
		}
	}
}

// execCredential is what the clouds' programs print.
const execCredential = `printf '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"%s"}}' "$REAL_TOKEN"`

// called is a program of a cloud's that gives a token when it is called just so.
func called(args string) string {
	return fmt.Sprintf("[ \"$*\" = '%s' ] || { echo \"called with $*\" >&2; exit 1; }\n%s\n", args, execCredential)
}

// TestSpaceliftHooks runs each hook and then kubectl, as Terraform would.
func TestSpaceliftHooks(t *testing.T) {
	m := newMachine(t)
	server, ca := m.cluster(prodOne).Server()
	token := m.token(t, prodOne)
	const (
		aks = "--server-id 6dae42f8-4368-4678-94ff-3960e28e3630"
		eks = "--region eu-west-1 eks get-token --cluster-name production --output json"
	)
	region, integration := "AWS_REGION=eu-west-1", "ARM_CLIENT_ID=1234"
	for name, c := range map[string]struct {
		script, program, args string
		env                   []string
		fails                 bool
	}{
		"EKS":                          {"eks.sh", "aws", eks, []string{region}, false},
		"EKS, with another argument":   {"eks.sh", "aws", "eks get-token", []string{region}, true},
		"EKS, without a region":        {"eks.sh", "aws", eks, nil, true},
		"AKS, service principal":       {"aks-spn.sh", "kubelogin", "get-token --login spn --use-azurerm-env-vars " + aks, []string{integration}, false},
		"AKS, without the integration": {"aks-spn.sh", "kubelogin", "get-token --login spn --use-azurerm-env-vars " + aks, nil, true},
		"AKS, managed identity":        {"aks-msi.sh", "kubelogin", "get-token --login msi " + aks, nil, false},
		"AKS, one identity of many":    {"aks-msi.sh", "kubelogin", "get-token --login msi " + aks + " --client-id 1234", []string{"AZURE_CLIENT_ID=1234"}, false},
		"GKE, with the run's token":    {"gke.sh", "", "", []string{"GOOGLE_OAUTH_ACCESS_TOKEN=" + token}, false},
		"GKE, without the run's token": {"gke.sh", "", "", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			if c.program != "" {
				m.program(t, c.program, called(c.args))
			}
			path, _ := example(t, "spacelift/"+c.script)
			env := append([]string{
				"KUBECONFIG=" + filepath.Join(t.TempDir(), "kubeconfig"), "CLUSTER_NAME=production", "CLUSTER_SERVER=" + server,
				"CLUSTER_CA=" + base64.StdEncoding.EncodeToString(ca), "REAL_TOKEN=" + token,
			}, c.env...)
			said, code := m.shell(t, "sh "+path+" && kubectl auth whoami -o 'jsonpath={.status.userInfo.username}'", env...)
			if (code != 0) != c.fails || !c.fails && !strings.HasSuffix(said, "system:serviceaccount:default:ci") {
				t.Errorf("exit code %d\n%s", code, said)
			}
			if strings.Contains(said, token) {
				t.Error("it prints the token")
			}
		})
	}
}

// TestSpaceliftDatum runs the hook for Datum Cloud.
func TestSpaceliftDatum(t *testing.T) {
	m := newMachine(t)
	m.key(t)
	path, _ := example(t, "spacelift/datum.sh")
	env := []string{"KUBECONFIG=" + m.path("kubeconfig"), "DATUM_PROJECT=my-project", "DATUM_CREDENTIALS=" + m.read(t, "key.json")}
	if said, code := m.shell(t, "sh "+path, env...); code != 0 || !regexp.MustCompile(`(?m)^Username +4711 *$`).MatchString(said) {
		t.Errorf("exit code %d\n%s", code, said)
	}
}
