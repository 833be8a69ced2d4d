package oauth

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestUserInfo(t *testing.T) {
	server := authtest.New(t)
	c := client(t, server)
	endpoint := discovered(t, c, server).UserInfo
	grant, err := deviceGrant(t, c, server)
	if err != nil {
		t.Fatal(err)
	}
	if subject, err := c.UserInfo(t.Context(), endpoint, grant.Access.Access); err != nil || subject != "user-1" {
		t.Errorf("UserInfo = %q, %v", subject, err)
	}
	unknown := secret.New("a-token-that-nobody-knows")
	server.SetFault(func(w http.ResponseWriter, r *http.Request, n int) bool {
		if n == 2 {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_token","error_description":"` + r.Header.Get("Authorization") + `"}`))
		}
		return n == 2
	})
	_, err = c.UserInfo(t.Context(), endpoint, unknown)
	var failed *Error
	if !errors.As(err, &failed) || failed.Status != 401 || strings.Contains(err.Error(), unknown.Reveal()) {
		t.Errorf("UserInfo = %v", err)
	}
	plain := strings.Replace(endpoint, "https://", "http://", 1)
	if _, err := c.UserInfo(t.Context(), plain, unknown); err == nil || server.Requests(authtest.UserInfoPath) != 2 {
		t.Errorf("UserInfo over http: %v", err)
	}
}

func TestDiscoverWantsAUserInfoEndpointThatIsSafe(t *testing.T) {
	server := authtest.New(t)
	c := client(t, server)
	server.NoUserInfo = true
	if found := discovered(t, c, server); found.UserInfo != "" {
		t.Errorf("found %s", found.UserInfo)
	}
	server.Endpoints = func(all map[string]any) { all["userinfo_endpoint"] = "http://auth.test/userinfo" }
	if _, err := c.Discover(t.Context(), server.URL); failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), "userinfo_endpoint") {
		t.Errorf("Discover = %v", err)
	}
}
