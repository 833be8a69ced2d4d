package cluster

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const preference = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n"

// TestKuberc runs a kubeconfig's program, or not, as kubectl's preferences say.
func TestKuberc(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "give-token")
	script := "#!/bin/sh\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"}}'\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	ask := func(command string) error {
		config := &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}, ExecProvider: &clientcmdapi.ExecConfig{
			APIVersion: "client.authentication.k8s.io/v1", Command: command, InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		}}
		if err := applyKuberc(config); err != nil {
			return err
		}
		client, err := HTTPClient(config)
		if err != nil {
			return err
		}
		resp, err := client.Get(server.URL)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	for name, c := range map[string]struct{ text, command, fails string }{
		"no policy":                         {preference, "give-token", ""},
		"empty file":                        {"", "give-token", ""},
		"all":                               {preference + "credentialPluginPolicy: AllowAll\n", program, ""},
		"none":                              {preference + "credentialPluginPolicy: DenyAll\n", program, `not allowed: policy set to "DenyAll"`},
		"listed":                            {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: give-token}]\n", "give-token", ""},
		"listed by its old field":           {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: give-token}]\n", program, ""},
		"not listed":                        {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}]\n", program, "not permitted by the credential plugin allowlist"},
		"an empty list":                     {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n", program, "allowlist is empty"},
		"a list forgotten":                  {preference + "credentialPluginPolicy: Allowlist\n", program, "allowlist is unspecified"},
		"a list without a policy":           {preference + "credentialPluginAllowlist: [{command: aws}]\n", program, "allowlist is non-nil"},
		"two names":                         {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: a, name: b}]\n", program, "not the same"},
		"an unknown policy":                 {preference + "credentialPluginPolicy: Maybe\n", program, "unknown plugin policy"},
		"another document before":           {"---\nkind: Other\n---\n" + preference + "credentialPluginPolicy: DenyAll\n", program, "DenyAll"},
		"the version without":               {"apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n", program, ""},
		"other things":                      {"kind: Other\n", program, "it holds no Preference"},
		"the version without, and a policy": {"apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n", program, "unknown field"},
		"an unknown version before":         {"apiVersion: kubectl.config.k8s.io/v9\nkind: Preference\n---\n" + preference + "credentialPluginPolicy: DenyAll\n", program, "DenyAll"},
		"an unknown version alone":          {"apiVersion: kubectl.config.k8s.io/v9\nkind: Preference\n", program, "it holds no Preference"},
		"another kind of the group before":  {"apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Other\na: b\n---\n" + preference + "credentialPluginPolicy: DenyAll\n", program, "DenyAll"},
		"a field misspelt":                  {preference + "credentialPluginPolicies: DenyAll\n", program, "unknown field"},
		"a field in other letters":          {preference + "credentialPluginPolicy: DenyAll\ncredentialPluginpolicy: AllowAll\n", program, "unknown field"},
		"a field misspelt in the list":      {preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: give-token, comand: x}]\n", program, "unknown field"},
		"a field twice":                     {preference + "credentialPluginPolicy: DenyAll\ncredentialPluginPolicy: AllowAll\n", program, "not YAML that can be read"},
		"no YAML":                           {"a: [", program, "not YAML that can be read"},
		"a policy of another type":          {preference + "credentialPluginPolicy: {}\n", program, "not a Preference that can be read"},
	} {
		path := filepath.Join(dir, "kuberc")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("KUBERC", path)
		if err := ask(c.command); (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: %v, want %q", name, err, c.fails)
		}
	}
	t.Setenv("KUBERC", filepath.Join(dir, "nowhere"))
	if err := ask(program); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a file that is named and not there: %v", err)
	}
	t.Setenv("KUBERC", "off")
	if err := ask(program); err != nil {
		t.Errorf("turned off: %v", err)
	}
}

// FuzzKuberc: whatever it holds, a policy or an error comes of it.
func FuzzKuberc(f *testing.F) {
	f.Add([]byte(preference + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if policy, err := parseKuberc(text); err != nil && policy.PolicyType == clientcmdapi.PluginPolicyAllowAll && len(policy.Allowlist) == 0 {
			t.Errorf("%q: an error that allows all", text)
		}
	})
}
