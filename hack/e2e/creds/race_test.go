package creds_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/oidc"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// processes is how many ask at once.
const processes = 200

// requests is how many requests the provider had, by path.
func requests(t *testing.T) map[string]int {
	t.Helper()
	client, err := oidc.Browser(issuing.certificate)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(issuing.provider.Issuer + "/test/counts")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	counts := map[string]int{}
	if err := json.NewDecoder(resp.Body).Decode(&counts); err != nil {
		t.Fatal(err)
	}
	return counts
}

// tokenRequests is how many token requests the provider had.
func tokenRequests(t *testing.T) int {
	t.Helper()
	return requests(t)["/oauth/v2/token"]
}

// TestManyProcessesAtOnce lets many processes find the token of a session
// expired. The provider revokes a session whose old refresh token comes back.
func TestManyProcessesAtOnce(t *testing.T) {
	d := newDesk(t)
	for name, login := range map[string]func(*testing.T, string){"user": d.device, "service account": d.robot} {
		t.Run(name, func(t *testing.T) {
			login(t, name)
			for range 2 { // the second time shows that the session is alive
				d.expire(t)
				before := tokenRequests(t)
				d.askAtOnce(t, name)
				if n := tokenRequests(t) - before; n != 1 {
					t.Errorf("%d token requests for %d processes", n, processes)
				}
			}
		})
	}
}

func (d *desk) askAtOnce(t *testing.T, session string) {
	t.Helper()
	tokens := make([]string, processes)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			got := d.plugin.Run(t, testbed.Call{Args: []string{"auth", "get-token", "--session", session}, Env: d.env})
			if got.Code != 0 {
				t.Errorf("get-token: %s", got)
			}
			tokens[i] = got.Stdout
		})
	}
	all.Wait()
	for _, token := range tokens {
		if token == "" || token != tokens[0] {
			t.Fatal("the processes have different tokens, or none")
		}
	}
}
