package signin

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// request is a login whose browser is a function.
func request(t *testing.T, server *authtest.Server, open func(address string)) (Request, *bytes.Buffer) {
	t.Helper()
	client, err := oauth.NewClient(server.CAFile, "test")
	if err != nil {
		t.Fatal(err)
	}
	found, err := client.Discover(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	return Request{Client: client, Endpoints: found, ClientID: authtest.ClientID, Out: &out, Open: func(_ context.Context, address string) error {
		go open(address)
		return nil
	}}, &out
}

func TestBrowserRefusesAForeignNonce(t *testing.T) {
	server := authtest.New(t)
	server.Spoil = func(claims map[string]any) { claims["nonce"] = "of another" }
	r, _ := request(t, server, func(address string) { newBrowser(t).get(address) })
	if _, err := r.Browser(t.Context()); failure.CodeOf(err) != failure.Refused {
		t.Errorf("Browser = %v, want a refusal", err)
	}
}

func TestBrowserEndsWithItsContext(t *testing.T) {
	r, _ := request(t, authtest.New(t), func(string) {})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Browser(ctx); err == nil {
		t.Error("Browser succeeds without a browser")
	}
}

func TestDevice(t *testing.T) {
	server := authtest.New(t)
	r, out := request(t, server, nil)
	polls := 0
	var waits []time.Duration
	r.Client.Sleep = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		if polls++; polls == 3 {
			server.ApproveDevices()
		}
		return nil
	}
	server.SetFault(func(w http.ResponseWriter, q *http.Request, n int) bool {
		if q.URL.Path != "/oauth/v2/token" || n != 1 {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"slow_down"}`))
		return true
	})
	got, err := r.Device(t.Context())
	if err != nil || got.Who.Subject != "user-1" {
		t.Fatalf("Device = %+v, %v", got, err)
	}
	if len(waits) != 3 || waits[0] != time.Second || waits[1] != 6*time.Second {
		t.Errorf("waits = %v, want 1s, then 6s after slow_down", waits)
	}
	if !strings.Contains(out.String(), "ABCD-EFGH") || strings.Contains(out.String(), "device-") {
		t.Errorf("the user reads:\n%s", out.String())
	}
}

func TestDeviceEnds(t *testing.T) {
	server := authtest.New(t)
	r, _ := request(t, server, nil)
	r.Client.Sleep = func(ctx context.Context, _ time.Duration) error { return nil }
	server.SetFault(func(w http.ResponseWriter, q *http.Request, n int) bool {
		if q.URL.Path != "/oauth/v2/token" {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"expired_token"}`))
		return true
	})
	if _, err := r.Device(t.Context()); err == nil || !strings.Contains(err.Error(), "expired_token") {
		t.Errorf("Device = %v", err)
	}
	r.Endpoints.Device = ""
	if _, err := r.Device(t.Context()); err == nil || !strings.Contains(err.Error(), "no login with a device code") {
		t.Errorf("Device = %v", err)
	}
}

func TestChoose(t *testing.T) {
	display := map[string]string{"DISPLAY": ":0"}
	for name, c := range map[string]struct {
		goos string
		env  map[string]string
		file string
		want Way
	}{
		"desktop":     {"linux", display, "", ByBrowser},
		"no display":  {"linux", nil, "", ByDevice},
		"mac":         {"darwin", nil, "", ByBrowser},
		"windows":     {"windows", nil, "", ByBrowser},
		"ssh to mac":  {"darwin", map[string]string{"SSH_CONNECTION": "x"}, "", ByDevice},
		"WSL":         {"linux", map[string]string{"DISPLAY": ":0", "WSL_DISTRO_NAME": "x"}, "", ByDevice},
		"container":   {"linux", display, "/.dockerenv", ByDevice},
		"podman":      {"linux", display, "/run/.containerenv", ByDevice},
		"no xdg-open": {"freebsd", map[string]string{"DISPLAY": ":0", "none": "1"}, "", ByDevice},
	} {
		t.Run(name, func(t *testing.T) {
			got, why := Surroundings{
				GOOS: c.goos, Getenv: func(k string) string { return c.env[k] },
				Exists: func(f string) bool { return f == c.file }, Finds: func(string) bool { return c.env["none"] == "" },
			}.Choose()
			if got != c.want || (got == ByDevice) != (why != "") {
				t.Errorf("Choose = %s, %q; want %s", got, why, c.want)
			}
		})
	}
}
