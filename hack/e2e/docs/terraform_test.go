package docs_test

import (
	"fmt"
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
	if file.Terraform.RequiredProviders.Kubernetes["source"] != "hashicorp/kubernetes" || file.Provider.Name != "kubernetes" {
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
