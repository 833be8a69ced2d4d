package creds_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestSecretSyncBetweenControlPlanes copies a Secret between Datum's control
// planes, without any kubeconfig, with a token that has to be renewed first.
func TestSecretSyncBetweenControlPlanes(t *testing.T) {
	d := newDesk(t)
	d.device(t, "jane")
	d.robot(t, "robot")
	cluster := bed.Cluster(t)
	value := rand.Text()
	cluster.Apply(t, strings.NewReplacer("VALUE", base64.StdEncoding.EncodeToString([]byte(value))).Replace(`
apiVersion: v1
kind: Namespace
metadata: {name: planes-from}
---
apiVersion: v1
kind: Namespace
metadata: {name: planes-to}
---
apiVersion: v1
kind: Secret
metadata: {name: app, namespace: planes-from}
data: {k: VALUE}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: planes-sync}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get, list, create, patch, delete]}
- {apiGroups: [""], resources: [namespaces], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: planes-sync}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: planes-sync}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane@example.com}
`))
	t.Cleanup(func() {
		cluster.Kubectl(t, "delete", "namespace", "planes-from", "planes-to", "--wait=false")
		cluster.Kubectl(t, "delete", "clusterrole,clusterrolebinding", "planes-sync")
	})
	sync := bed.Plugin(t, "kubectl-secretsync")
	run := func(code int, says string, args ...string) {
		t.Helper()
		args = append(args, "--from-datum-organization", "org", "-n", "planes-from", "--to-datum-project", "one", "--to-namespace", "planes-to")
		got := sync.Run(t, testbed.Call{Args: args, Env: d.env})
		if got.Code != code || !strings.Contains(got.Stdout+got.Stderr, says) || strings.Contains(got.Stdout+got.Stderr, value) {
			t.Errorf("secretsync %s: want %d and %q\n%s", strings.Join(args, " "), code, says, got)
		}
	}
	d.expire(t)
	run(0, "1 created", "copy", "app", "--datum-session", "jane")
	if fresh := d.fresh(t); fresh != 1 {
		t.Errorf("%d sessions were renewed, want that of jane", fresh)
	}
	run(0, "1 in-sync", "status", "app", "--datum-session", "jane")
	run(0, "0 targets", "delete", "app", "--orphans", "--datum-session", "jane")
	// Another session is another user, who may do nothing here.
	run(4, `User "4711" cannot get`, "diff", "app", "--datum-session", "robot")
	run(6, "there is no session nobody", "diff", "app", "--datum-session", "nobody")
	run(0, "1 deleted", "delete", "app", "--datum-session", "jane")
	if d.planes.Seen(organization) == 0 || d.planes.Seen(projectOne) == 0 {
		t.Error("nothing was asked of the control planes")
	}
}

// fresh counts the tokens that are kept and not expired.
func (d *desk) fresh(t *testing.T) (count int) {
	t.Helper()
	for _, path := range d.tokenFiles(t) {
		var kept struct{ Expires time.Time }
		content, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(content, &kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		if kept.Expires.After(time.Now()) {
			count++
		}
	}
	return count
}
