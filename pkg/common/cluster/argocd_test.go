package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entry of Argo CD for a cluster.
func argoEntry(name, server, config string) KubeconfigSecret {
	return KubeconfigSecret{name, map[string][]byte{"name": []byte(name), "server": []byte(server), "config": []byte(config)}}
}

// argoEntries has one entry of each form that Argo CD documents
// (docs/operator-manual/declarative-setup.md).
func argoEntries() []KubeconfigSecret {
	const server = "https://c.example.com"
	return []KubeconfigSecret{
		argoEntry("token", server, `{"bearerToken":"t","tlsClientConfig":{"insecure":false,"caData":"aGk="}}`),
		argoEntry("eks", server, `{"awsAuthConfig":{"clusterName":"prod","roleARN":"arn:aws:iam::1:role/r"},"tlsClientConfig":{"caData":"aGk="}}`),
		argoEntry("gke", server, `{"execProviderConfig":{"command":"argocd-k8s-auth","args":["gcp"],"apiVersion":"client.authentication.k8s.io/v1beta1"}}`),
		argoEntry("aks", server, `{"execProviderConfig":{"command":"argocd-k8s-auth","env":{"AAD_LOGIN_METHOD":"workloadidentity"},"args":["azure"],"apiVersion":"client.authentication.k8s.io/v1beta1"}}`),
		argoEntry("in-cluster", "https://kubernetes.default.svc", `{"tlsClientConfig":{"insecure":false}}`),
		argoEntry("other", server, `{"execProviderConfig":{"command":"touch","apiVersion":"client.authentication.k8s.io/v1"}}`),
	}
}

// resolveArgo resolves the entries, and returns what became of each.
func resolveArgo(t *testing.T, args ...string) (Resolved, map[string]string) {
	t.Helper()
	fleet(t)
	read := func(_ context.Context, q SecretQuery) (found []KubeconfigSecret, err error) {
		for _, entry := range argoEntries() {
			if q.Selector != "" || slices.Contains(q.Names, entry.Name) {
				found = append(found, entry)
			}
		}
		return found, nil
	}
	_, resolved, err := resolve(t, ends(t, args...), read)
	if err != nil {
		t.Fatal(err)
	}
	became := map[string]string{}
	for _, member := range resolved.Members {
		became[strings.TrimPrefix(member.Name, "secret team/")] = "used"
	}
	for _, refusal := range resolved.Refused {
		word := "failed"
		var only *ArgoError
		var refused *RefusedError
		switch {
		case errors.As(refusal.Err, &only) && only.Selected:
			word = "skipped: " + only.Hint()
		case errors.As(refusal.Err, &refused):
			word = "refused"
		}
		became[strings.TrimPrefix(refusal.Name, "secret team/")] = word
	}
	return resolved, became
}

const argoSelector = "--to-kubeconfig-secret-selector=argocd.argoproj.io/secret-type=cluster"

// TestArgoEntriesAreSkipped: a selector matches entries that only Argo CD can use. They
// fail nothing, and the others are used or refused as ever.
func TestArgoEntriesAreSkipped(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, became := resolveArgo(t, argoSelector, "--to-kubeconfig-secret-context=prod-1")
	for name, want := range map[string]string{
		"token": "used", "other": "refused", "in-cluster": "skipped: --to-in-cluster",
		"eks": "skipped: --allow-in-kubeconfig-secret=exec", "gke": "skipped: --allow-in-kubeconfig-secret=exec", "aks": "skipped: --allow-in-kubeconfig-secret=exec",
	} {
		if !strings.HasPrefix(became[name], want) {
			t.Errorf("%s: %q, want %q", name, became[name], want)
		}
	}
}

// TestArgoEntriesRunTheirProgram if that is allowed and there.
func TestArgoEntriesRunTheirProgram(t *testing.T) {
	path := t.TempDir()
	t.Setenv("PATH", path)
	allowed := []string{argoSelector, "--to-kubeconfig-secret-context=prod-1", "--allow-in-kubeconfig-secret=exec"}
	_, became := resolveArgo(t, allowed...)
	for _, name := range []string{"eks", "gke", "aks"} {
		if !strings.HasPrefix(became[name], "skipped: use an image that has") {
			t.Errorf("%s without the program: %q", name, became[name])
		}
	}
	if err := os.WriteFile(filepath.Join(path, "argocd-k8s-auth"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	resolved, became := resolveArgo(t, allowed...)
	for name, want := range map[string]string{
		"eks": "aws --cluster-name prod --role-arn arn:aws:iam::1:role/r", "gke": "gcp", "aks": "azure",
	} {
		at := slices.IndexFunc(resolved.Members, func(m Member) bool { return strings.HasSuffix(m.Name, "/"+name) })
		if at < 0 {
			t.Errorf("%s: %q", name, became[name])
			continue
		}
		program := resolved.Members[at].Config.ExecProvider
		if program == nil || program.Command != "argocd-k8s-auth" || strings.Join(program.Args, " ") != want || program.APIVersion != "client.authentication.k8s.io/v1beta1" {
			t.Errorf("%s: %+v", name, program)
		}
	}
	if !strings.HasPrefix(became["in-cluster"], "skipped") {
		t.Errorf("in-cluster: %q", became["in-cluster"])
	}
}

// TestArgoEntriesByName: an entry that the user names is never left out silently.
func TestArgoEntriesByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, became := resolveArgo(t, "--to-kubeconfig-secret=eks", "--to-kubeconfig-secret=in-cluster", "--to-kubeconfig-secret-context=prod-1")
	if became["eks"] != "refused" || became["in-cluster"] != "failed" {
		t.Errorf("%v", became)
	}
}

// TestArgoClusterInfo: Argo CD 3.5 passes the cluster to the program if the entry says so.
func TestArgoClusterInfo(t *testing.T) {
	for config, want := range map[string]bool{
		`{"execProviderConfig":{"command":"x","apiVersion":"client.authentication.k8s.io/v1","provideClusterInfo":true}}`: true,
		`{"execProviderConfig":{"command":"x","apiVersion":"client.authentication.k8s.io/v1"}}`:                           false,
	} {
		member, err := Access{}.Untrusted("s", argoEntry("c", "https://c.example.com", config).Data, "", []Allowance{AllowExec})
		if err != nil || member.Config.ExecProvider.ProvideClusterInfo != want {
			t.Errorf("%s: %v", config, err)
		}
	}
}
