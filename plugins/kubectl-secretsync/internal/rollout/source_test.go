package rollout

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// TestAddressIsNoIdentity: in each cluster the API server is at the same address
// for its Pods. Where a cluster's UID cannot be read, its Secrets' tell.
func TestAddressIsNoIdentity(t *testing.T) {
	server := apitest.New(t)
	server.Put("n", "s", nil)
	limited := func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/kube-system") {
			return false
		}
		apitest.Refuse(w, http.StatusForbidden, "Forbidden", "no")
		return true
	}
	read := func() secret.Origin {
		client, err := api.New(cluster.Member{Name: "source", Config: server.Config()}, &secret.Scrubber{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sources, err := ReadSources(t.Context(), client, address.Parse("https://10.96.0.1:443"), Selection{Namespace: "n", Names: []string{"s"}})
		if err != nil {
			t.Fatal(err)
		}
		return sources[0].Origin
	}
	admin := read()
	server.Break(limited)
	user := read()
	if admin.Cluster == "" || user.Cluster != "" || user.UID == "" || user.UID != admin.UID || user.Server.String() != "https://10.96.0.1:443" {
		t.Errorf("%+v\n%+v", admin, user)
	}
}
