package datum

import "testing"

func TestControlPlanes(t *testing.T) {
	const api = "https://api.datum.test"
	for _, c := range []struct {
		plane ControlPlane
		url   string
		name  string
	}{
		{ControlPlane{Project, "p-1"}, api + "/apis/resourcemanager.miloapis.com/v1alpha1/projects/p-1/control-plane", "datum-project-p-1"},
		{ControlPlane{Organization, "o_1"}, api + "/apis/resourcemanager.miloapis.com/v1alpha1/organizations/o_1/control-plane", "datum-organization-o_1"},
		{ControlPlane{User, "123"}, api + "/apis/iam.miloapis.com/v1alpha1/users/123/control-plane", "datum-user-123"},
		{ControlPlane{Scope: Platform}, api, "datum-platform"},
	} {
		if c.plane.URL(api) != c.url || c.plane.Name() != c.name || c.plane.Validate() != nil {
			t.Errorf("%+v: %s %s %v", c.plane, c.plane.URL(api), c.plane.Name(), c.plane.Validate())
		}
		if got, ok := Parse(api, c.url); !ok || got != c.plane {
			t.Errorf("Parse(%s) = %+v, %v", c.url, got, ok)
		}
	}
	for _, id := range []string{"", "..", "a/b", "a?b", "a#b", "a b", "%2e", "a\nb", "a\"b"} {
		if (ControlPlane{Project, id}).Validate() == nil {
			t.Errorf("id %q is valid", id)
		}
	}
	for _, server := range []string{"https://evil.test", api + ".evil.test", api + "/apis/x", api + "/apis/resourcemanager.miloapis.com/v1alpha1/projects/../control-plane"} {
		if got, ok := Parse(api, server); ok {
			t.Errorf("Parse(%s) = %+v", server, got)
		}
	}
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]string{
		"auth.datum.net": productionClient, "auth.staging.env.datum.net": stagingClient, "AUTH.datum.net:443": productionClient,
		"auth.datum.net.evil.test": "", "evildatum.net": "",
	} {
		if got := ClientID(host); got != want {
			t.Errorf("ClientID(%s) = %s, want %s", host, got, want)
		}
	}
	for text, want := range map[string]string{
		"auth.datum.net": "https://auth.datum.net", "https://Auth.datum.net/": "https://auth.datum.net", "a.test:8443": "https://a.test:8443",
		"http://a.test": "", "a.test/x": "", "https://u@a.test": "", "": "",
	} {
		if got, err := Origin(text); got != want || (err == nil) != (want != "") {
			t.Errorf("Origin(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
	if got, err := API("https://auth.staging.env.datum.net"); got != "https://api.staging.env.datum.net" || err != nil {
		t.Errorf("API = %s, %v", got, err)
	}
	if _, err := API("https://login.example.com"); err == nil {
		t.Error("API of a foreign host is known")
	}
}
