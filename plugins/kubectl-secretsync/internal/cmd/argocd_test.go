package cmd

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
)

// argo stores a cluster Secret of Argo CD.
func (d *desk) argo(name, server, config string) {
	data := map[string]any{}
	for key, value := range map[string]string{"name": name, "server": server, "config": config} {
		data[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	d.servers["management"].Put("argocd", name, map[string]any{
		"data": data, "metadata": map[string]any{"labels": map[string]any{"argocd.argoproj.io/secret-type": "cluster"}},
	})
}

const toArgo = " app --to-kubeconfig-secret-namespace argocd --to-kubeconfig-secret-selector argocd.argoproj.io/secret-type=cluster --allow-in-kubeconfig-secret=insecure-tls"

// TestArgoCDsOwnEntries: clusters that only Argo CD can use fail no run that reaches the
// others. They are named on stderr and in the report.
func TestArgoCDsOwnEntries(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	d := newDesk(t, "prod")
	d.argo("eks", "https://eks.example.com", `{"awsAuthConfig":{"clusterName":"prod"}}`)
	d.argo("in-cluster", "https://kubernetes.default.svc", `{"tlsClientConfig":{"insecure":false}}`)
	for _, command := range []string{"copy", "diff", "status", "delete"} {
		d.want(t, command+toArgo, failure.Refused, "argocd-k8s-auth", "--allow-in-kubeconfig-secret=exec")
	}
	d.argo("prod", d.servers["prod"].URL, `{"bearerToken":"t","tlsClientConfig":{"insecure":true}}`)
	d.want(t, "copy"+toArgo, failure.OK, "1 created, 2 skipped",
		"warning: secret argocd/eks is skipped: its login runs a program of Argo CD", "warning: secret argocd/in-cluster is skipped: it is the cluster that Argo CD runs in",
		"hint: --allow-in-kubeconfig-secret=exec", "hint: --to-in-cluster")
	d.want(t, "diff"+toArgo, failure.OK, "2 skipped", "1 unchanged")
	d.want(t, "status"+toArgo, failure.OK, "1 in-sync, 2 unknown")
	_, stdout, _ := d.run(t, "copy"+toArgo+" -o json")
	var report v1alpha1.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	skipped := 0
	for _, target := range report.Targets {
		if target.Action == "skip" && target.Outcome == "nothing" && target.Problem == "skipped" && strings.HasPrefix(target.Hint, "--") {
			skipped++
		}
	}
	if skipped != 2 || len(report.Targets) != 3 {
		t.Errorf("%d of %d targets are skipped\n%s", skipped, len(report.Targets), stdout)
	}
	d.want(t, "delete"+toArgo, failure.OK, "1 deleted, 2 skipped")
	d.want(t, "copy app --to-kubeconfig-secret-namespace argocd --to-kubeconfig-secret in-cluster", failure.Unable, "--to-in-cluster")
	d.want(t, "copy app --to-kubeconfig-secret-namespace argocd --to-kubeconfig-secret eks", failure.Refused, "--allow-in-kubeconfig-secret=exec")
}
