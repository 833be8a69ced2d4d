package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

const harmless = `
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u, namespace: team}}]
clusters: [{name: c, cluster: {CLUSTER}}]
users: [{name: u, user: {USER}}]
`

func inSecret(cluster, user string) map[string][]byte {
	text := strings.NewReplacer("CLUSTER", cluster, "USER", user).Replace(harmless)
	return map[string][]byte{"value": []byte(text)}
}

const https = `server: "https://c.example.com"`

// TestRefusals: each thing that whoever writes the Secret could do to the user
// is refused by a rule of its own, and lifted by that rule's allowance alone.
func TestRefusals(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	for _, c := range []struct {
		name, cluster, user string
		allowance           Allowance
	}{
		{"a program", https, `exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["` + ran + `"], interactiveMode: Never}`, AllowExec},
		{"an auth provider", https, `auth-provider: {name: oidc, config: {}}`, AllowAuthProvider},
		{"a token file", https, `tokenFile: /etc/hostname`, AllowFiles},
		{"a certificate file", https, `client-certificate: /etc/hostname, client-key-data: aGk=`, AllowFiles},
		{"a key file", https, `client-key: /etc/hostname, client-certificate-data: aGk=`, AllowFiles},
		{"an authority file", https + `, certificate-authority: /etc/hostname`, `token: t`, AllowFiles},
		{"no check of the certificate", https + `, insecure-skip-tls-verify: true`, `token: t`, AllowInsecureTLS},
		{"no TLS", `server: "http://c.example.com"`, `token: t`, AllowHTTP},
		{"no scheme", `server: "c.example.com"`, `token: t`, AllowHTTP},
		{"a proxy", https + `, proxy-url: "https://p.example.com"`, `token: t`, AllowProxy},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Access{}.Untrusted("s", inSecret(c.cluster, c.user), "", nil)
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Allowance != c.allowance || !strings.Contains(refused.Hint(), "--"+AllowFlag+"="+string(c.allowance)) {
				t.Fatalf("not refused: %v", err)
			}
			others := []Allowance{}
			for _, other := range Allowances() {
				if other != c.allowance {
					others = append(others, other)
				}
			}
			if _, err := (Access{}).Untrusted("s", inSecret(c.cluster, c.user), "", others); !errors.As(err, &refused) {
				t.Errorf("lifted by another allowance: %v", err)
			}
			if _, err := (Access{}).Untrusted("s", inSecret(c.cluster, c.user), "", []Allowance{c.allowance}); errors.As(err, &refused) {
				t.Errorf("not lifted: %v", err)
			}
		})
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the program ran")
	}
}

// TestHarmless: what needs nothing of the user's machine is taken.
func TestHarmless(t *testing.T) {
	for _, user := range []string{"token: t", "username: u, password: p", "as: bot, token: t"} {
		member, err := Access{UserAgent: "x"}.Untrusted("s", inSecret(https+`, tls-server-name: x, certificate-authority-data: "`+"aGk="+`"`, user), "", nil)
		if err != nil || member.Config.Host != "https://c.example.com" || member.Namespace != "team" || member.Config.UserAgent != "x" {
			t.Errorf("%s: %+v, %v", user, member, err)
		}
	}
}

// TestShapes: each controller keeps its kubeconfigs under a key of its own.
func TestShapes(t *testing.T) {
	kubeconfig := inSecret(https, "token: t")["value"]
	argo := map[string][]byte{
		"name": []byte("prod"), "server": []byte("https://c.example.com"),
		"config": []byte(`{"bearerToken":"t","tlsClientConfig":{"insecure":false,"caData":"aGk="}}`),
	}
	for _, c := range []struct {
		name, key string
		data      map[string][]byte
		fails     string
	}{
		{"Omni", "", map[string][]byte{"kubeconfig": kubeconfig}, ""},
		{"Cluster API and Flux", "", map[string][]byte{"value": kubeconfig}, ""},
		{"Flux's other key", "", map[string][]byte{"value.yaml": kubeconfig, "note": []byte("x")}, ""},
		{"kubeadm", "", map[string][]byte{"admin.conf": kubeconfig}, ""},
		{"Sveltos", "", map[string][]byte{"re-kubeconfig": kubeconfig}, ""},
		{"Argo CD", "", argo, ""},
		{"a key that is named", "mine", map[string][]byte{"mine": kubeconfig, "value": kubeconfig}, ""},
		{"a key that is not there", "nope", map[string][]byte{"value": kubeconfig}, `no key "nope"; there are: value`},
		{"two of them", "", map[string][]byte{"value": kubeconfig, "kubeconfig": kubeconfig}, "several keys hold a kubeconfig: kubeconfig, value"},
		{"none", "", map[string][]byte{"a": []byte("x"), "b": []byte("y")}, "no key holds a kubeconfig among: a, b"},
		{"nothing", "", nil, "no key holds a kubeconfig"},
		{"not a kubeconfig", "", map[string][]byte{"value": []byte("hunter2")}, `key "value"`},
		{"Argo CD, AWS", "", map[string][]byte{"server": []byte("https://x"), "config": []byte(`{"awsAuthConfig":{"clusterName":"x"}}`)}, "refused"},
		{"Argo CD, a program", "", map[string][]byte{"server": []byte("https://x"), "config": []byte(`{"execProviderConfig":{"command":"touch"}}`)}, "refused"},
		{"Argo CD, not JSON", "", map[string][]byte{"server": []byte("https://x"), "config": []byte(`hunter2`)}, "not the JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			member, err := Access{}.Untrusted("s", c.data, c.key, nil)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || member.Config.BearerToken != "t" || member.Config.Host != "https://c.example.com" {
				t.Errorf("%v, %v", member.Config, err)
			}
		})
	}
}

// FuzzUntrusted: whatever lies in a Secret, nothing is run or read, and what is
// taken passes the rules.
func FuzzUntrusted(f *testing.F) {
	f.Add([]byte(strings.NewReplacer("CLUSTER", https, "USER", "token: t").Replace(harmless)), "value")
	f.Add([]byte(`{"bearerToken":"t"}`), "config")
	f.Add([]byte(`{"execProviderConfig":{"command":"x"}}`), "config")
	f.Add([]byte(`{"awsAuthConfig":{"clusterName":"x"}}`), "config")
	f.Fuzz(func(t *testing.T, text []byte, key string) {
		data := map[string][]byte{key: text, "server": []byte("https://c.example.com")}
		member, err := Access{}.Untrusted("s", data, "", nil)
		if err != nil {
			return
		}
		c := member.Config
		if c.ExecProvider != nil || c.AuthProvider != nil || c.BearerTokenFile != "" || c.CertFile != "" || c.KeyFile != "" || c.CAFile != "" || c.Insecure || !strings.HasPrefix(strings.ToLower(c.Host), "https:") {
			t.Errorf("taken: %v", c)
		}
		// clientcmd itself must be able to write what was read.
		if _, err := clientcmd.Load(text); key != "config" && err != nil {
			t.Errorf("taken, but no kubeconfig: %v", err)
		}
	})
}
