package oauth

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// deviceGrant makes a device login that is approved beforehand.
func deviceGrant(t *testing.T, c *Client, server *authtest.Server) (Grant, error) {
	t.Helper()
	own, err := NewClient(server.CAFile, "test")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := own.http.Post(server.URL+"/oauth/v2/device_authorization", "application/x-www-form-urlencoded", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var device struct {
		Code string `json:"device_code"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&device); err != nil {
		t.Fatal(err)
	}
	server.ApproveDevices()
	return own.RequestTokenOnce(t.Context(), server.URL+"/oauth/v2/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {device.Code},
	})
}
