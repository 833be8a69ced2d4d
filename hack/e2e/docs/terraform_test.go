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

// terraformFile has what the examples use of Terraform's language; any other fails.
type terraformFile struct {
	Terraform struct {
		RequiredVersion   string `hcl:"required_version"`
		RequiredProviders struct {
			Kubernetes map[string]string `hcl:"kubernetes"`
			Helm       map[string]string `hcl:"helm"`
		} `hcl:"required_providers,block"`
	} `hcl:"terraform,block"`
	Variables []struct {
		Name    string         `hcl:"name,label"`
		Type    hcl.Expression `hcl:"type"`
		Default string         `hcl:"default"`
	} `hcl:"variable,block"`
	Locals *struct {
		Server string `hcl:"server"`
	} `hcl:"locals,block"`
	Providers []struct {
		Name string   `hcl:"name,label"`
		Body hcl.Body `hcl:",remain"`
	} `hcl:"provider,block"`
}

// settings are those by which a provider reaches a cluster: names to values, those in exec
// under exec.NAME. A reference stands for itself, a list is joined by spaces.
type settings map[string]string

// terraform reads an example, and returns the settings of its providers. As their versions
// 3 want it, kubernetes has its exec in a block, and helm has all in one argument.
func terraform(t *testing.T, name string) (kubernetes, helm settings, text string) {
	t.Helper()
	path, content := example(t, name)
	parsed, problems := hclparse.NewParser().ParseHCL(content, path)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var file terraformFile
	if problems := gohcl.DecodeBody(parsed.Body, nil, &file); problems.HasErrors() {
		t.Fatal(problems)
	}
	file.checkVersions(t)
	found := map[string]settings{}
	for _, provider := range file.Providers {
		into := settings{}
		problems := into.provider(provider.Name, provider.Body)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		if file.Locals != nil && into["host"] == "local.server" {
			into["host"] = file.Locals.Server
		}
		found[provider.Name] = into
	}
	if len(found) != 2 || len(file.Providers) != 2 {
		t.Errorf("%+v", file)
	}
	return found["kubernetes"], found["helm"], string(content)
}

// checkVersions: no registry is asked here, so a change of a version is made twice.
func (f terraformFile) checkVersions(t *testing.T) {
	t.Helper()
	for provider, got := range map[string]map[string]string{"kubernetes": f.Terraform.RequiredProviders.Kubernetes, "helm": f.Terraform.RequiredProviders.Helm} {
		if want := map[string]string{"source": "hashicorp/" + provider, "version": "~> 3.0"}; !maps.Equal(got, want) {
			t.Errorf("%s: %v", provider, got)
		}
	}
	if f.Terraform.RequiredVersion != ">= 1.6" {
		t.Errorf("Terraform %s", f.Terraform.RequiredVersion)
	}
}

// provider reads a provider's block. Any setting that the examples do not use fails.
func (s settings) provider(name string, body hcl.Body) hcl.Diagnostics {
	if name == "helm" {
		content, problems := body.Content(schema("kubernetes"))
		if problems.HasErrors() {
			return problems
		}
		return s.object("", content.Attributes["kubernetes"].Expr)
	}
	top := schema("config_path", "config_context", "host")
	top.Blocks = []hcl.BlockHeaderSchema{{Type: "exec"}}
	content, problems := body.Content(top)
	problems = append(problems, s.attributes("", content.Attributes)...)
	for _, block := range content.Blocks {
		within, more := block.Body.Content(schema("api_version", "command", "args"))
		problems = append(append(problems, more...), s.attributes("exec.", within.Attributes)...)
	}
	return problems
}

func schema(names ...string) *hcl.BodySchema {
	s := &hcl.BodySchema{}
	for _, name := range names {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

func (s settings) attributes(prefix string, attributes hcl.Attributes) (problems hcl.Diagnostics) {
	for name, attribute := range attributes {
		value, more := valueOf(attribute.Expr)
		s[prefix+name], problems = value, append(problems, more...)
	}
	return problems
}

func (s settings) object(prefix string, object hcl.Expression) hcl.Diagnostics {
	pairs, problems := hcl.ExprMap(object)
	for _, pair := range pairs {
		name := hcl.ExprAsKeyword(pair.Key)
		if name == "exec" {
			problems = append(problems, s.object("exec.", pair.Value)...)
			continue
		}
		value, more := valueOf(pair.Value)
		s[prefix+name], problems = value, append(problems, more...)
	}
	return problems
}

func valueOf(expression hcl.Expression) (text string, problems hcl.Diagnostics) {
	if reference, problems := hcl.AbsTraversalForExpr(expression); !problems.HasErrors() {
		var names []string
		for _, step := range reference {
			switch step := step.(type) {
			case hcl.TraverseRoot:
				names = append(names, step.Name)
			case hcl.TraverseAttr:
				names = append(names, step.Name)
			}
		}
		return strings.Join(names, "."), nil
	}
	var list []string
	if problems := gohcl.DecodeExpression(expression, nil, &list); !problems.HasErrors() {
		return strings.Join(list, " "), nil
	}
	problems = gohcl.DecodeExpression(expression, nil, &text)
	return text, problems
}

// TestTerraformContext: the context is the one that the plugin makes, for both providers.
func TestTerraformContext(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	kubernetes, helm, _ := terraform(t, "terraform/main.tf")
	if !maps.Equal(kubernetes, helm) || kubernetes["config_path"] != "var.kubeconfig" || len(kubernetes) != 2 {
		t.Errorf("kubernetes %v, helm %v", kubernetes, helm)
	}
	m.must(t, "kubectl datum-creds update-kubeconfig --project my-project --no-switch && kubectl --context "+kubernetes["config_context"]+" get namespaces")
}

// TestTerraformExec runs the program of the exec block as the providers do: without the
// server. It is refused before the command of the file's comment was run, and answered
// after that.
func TestTerraformExec(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	kubernetes, helm, text := terraform(t, "terraform/exec/main.tf")
	_, comment, _ := strings.Cut(text, "#   ")
	trust, _, _ := strings.Cut(comment, "\n")
	if want := m.server(t, "https://api.datum.net"); kubernetes["host"] != want {
		t.Errorf("the host is %s, and the plugin writes %s", kubernetes["host"], want)
	}
	if !maps.Equal(kubernetes, helm) || len(kubernetes) != 4 {
		t.Errorf("kubernetes %v, helm %v", kubernetes, helm)
	}
	info := fmt.Sprintf(`KUBERNETES_EXEC_INFO={"apiVersion":%q,"kind":"ExecCredential","spec":{"interactive":false}}`, kubernetes["exec.api_version"])
	call := kubernetes["exec.command"] + " " + kubernetes["exec.args"]
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
