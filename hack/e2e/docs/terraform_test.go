package docs_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
)

// terraformFile has what the examples use of Terraform's language, and of the
// kubernetes provider's settings; any other fails.
type terraformFile struct {
	Terraform struct {
		RequiredVersion   string `hcl:"required_version"`
		RequiredProviders struct {
			Kubernetes map[string]string `hcl:"kubernetes"`
		} `hcl:"required_providers,block"`
	} `hcl:"terraform,block"`
	Variables []struct {
		Name    string         `hcl:"name,label"`
		Type    hcl.Expression `hcl:"type"`
		Default string         `hcl:"default"`
	} `hcl:"variable,block"`
	Provider struct {
		Name    string         `hcl:"name,label"`
		Path    hcl.Expression `hcl:"config_path,optional"`
		Context string         `hcl:"config_context,optional"`
		Host    string         `hcl:"host,optional"`
		Exec    *struct {
			APIVersion string   `hcl:"api_version"`
			Command    string   `hcl:"command"`
			Args       []string `hcl:"args"`
		} `hcl:"exec,block"`
	} `hcl:"provider,block"`
}

func terraform(t *testing.T, name string) (file terraformFile, text string) {
	t.Helper()
	path, content := example(t, name)
	parsed, problems := hclparse.NewParser().ParseHCL(content, path)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	if problems := gohcl.DecodeBody(parsed.Body, nil, &file); problems.HasErrors() {
		t.Fatal(problems)
	}
	// No registry is asked here: who changes a version says so twice.
	want := map[string]string{"source": "hashicorp/kubernetes", "version": "~> 2.38"}
	if !maps.Equal(file.Terraform.RequiredProviders.Kubernetes, want) || file.Terraform.RequiredVersion != ">= 1.6" || file.Provider.Name != "kubernetes" {
		t.Errorf("%+v", file)
	}
	return file, string(content)
}

// TestTerraformContext: the context is the one that the plugin makes.
func TestTerraformContext(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	file, _ := terraform(t, "terraform/main.tf")
	m.must(t, "kubectl datum-creds update-kubeconfig --project my-project --no-switch && kubectl --context "+file.Provider.Context+" get namespaces")
}

// TestTerraformExec runs the program of the exec block as the provider does:
// without a word about the server. It is refused before the command of the
// file's comment was run, and answered after that.
func TestTerraformExec(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	file, text := terraform(t, "terraform/exec/main.tf")
	_, comment, _ := strings.Cut(text, "#   ")
	trust, _, _ := strings.Cut(comment, "\n")
	if want := m.server(t, "https://api.datum.net"); file.Provider.Host != want {
		t.Errorf("the host is %s, and the plugin writes %s", file.Provider.Host, want)
	}
	exec := file.Provider.Exec
	info := fmt.Sprintf(`KUBERNETES_EXEC_INFO={"apiVersion":%q,"kind":"ExecCredential","spec":{"interactive":false}}`, exec.APIVersion)
	call := exec.Command + " " + strings.Join(exec.Args, " ")
	if said, code := m.shell(t, call, info); code != 5 {
		t.Errorf("exit code %d\n%s", code, said)
	}
	m.must(t, trust)
	if said, code := m.shell(t, call, info); code != 0 || !strings.Contains(said, `"token":`) {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// server is the address that the plugin writes into a kubeconfig for my-project.
func (m *machine) server(t *testing.T, api string) string {
	t.Helper()
	if err := issuing.robot.WriteKeyFile(m.path("production.json"), issuing.provider.Issuer, api); err != nil {
		t.Fatal(err)
	}
	m.must(t, `kubectl datum-creds kubeconfig --project my-project --credentials production.json --stdout > kubeconfig.production
kubectl --kubeconfig kubeconfig.production config view -o 'jsonpath={.clusters[*].cluster.server}' > server`)
	return m.read(t, "server")
}
