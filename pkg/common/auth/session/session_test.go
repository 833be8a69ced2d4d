package session

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestTrust(t *testing.T) {
	trust := Trust{Servers: []Server{{Host: "api.test"}, {Host: "own.test:6443", CASHA256: CADigest([]byte("PEM"))}}}
	cluster := func(server string) execcred.Cluster { return execcred.Cluster{Server: server} }
	for name, c := range map[string]struct {
		cluster execcred.Cluster
		want    string // part of the refusal; empty: allowed
	}{
		"its own":              {cluster("https://api.test/apis/x/control-plane"), ""},
		"its own, with port":   {cluster("https://API.test:443"), ""},
		"other host":           {cluster("https://evil.test"), "evil.test is not of this session"},
		"other port":           {cluster("https://api.test:6443"), "is not of this session"},
		"sub domain":           {cluster("https://x.api.test"), "is not of this session"},
		"prefix":               {cluster("https://api.test.evil"), "is not of this session"},
		"user part":            {cluster("https://api.test@evil.test/"), "no https URL"},
		"plain http":           {cluster("http://api.test"), "no https URL"},
		"no URL":               {cluster("https://[::1"), "no https URL"},
		"nothing":              {cluster(""), "no https URL"},
		"no verification":      {execcred.Cluster{Server: "https://api.test", InsecureSkipTLSVerify: true}, "insecure-skip-tls-verify"},
		"other name":           {execcred.Cluster{Server: "https://api.test", TLSServerName: "evil.test"}, "tls-server-name"},
		"same name":            {execcred.Cluster{Server: "https://api.test", TLSServerName: "api.test"}, ""},
		"foreign certificates": {execcred.Cluster{Server: "https://api.test", CAData: []byte("EVIL")}, "certificate-authority-data"},
		"own certificates":     {execcred.Cluster{Server: "https://own.test:6443", CAData: []byte("PEM\n")}, ""},
		"the system's":         {cluster("https://own.test:6443"), ""},
		"others for its own":   {execcred.Cluster{Server: "https://own.test:6443", CAData: []byte("EVIL")}, "certificate-authority-data"},
	} {
		t.Run(name, func(t *testing.T) {
			err := trust.Check("s", execcred.Request{Asked: true, Cluster: &c.cluster})
			if c.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if err == nil || failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check = %v, want a refusal with %q", err, c.want)
			}
		})
	}
}

func TestTrustWithoutClusterInfo(t *testing.T) {
	asked := execcred.Request{Asked: true}
	if err := (Trust{}).Check("s", asked); failure.CodeOf(err) != failure.Refused {
		t.Errorf("Check = %v, want a refusal", err)
	}
	if err := (Trust{WithoutClusterInfo: true}).Check("s", asked); err != nil {
		t.Errorf("refused though allowed: %v", err)
	}
	if err := (Trust{}).Check("s", execcred.Request{}); err != nil {
		t.Errorf("a person was refused: %v", err)
	}
}

func TestValidate(t *testing.T) {
	good := Session{APIVersion: APIVersion, Kind: "Session", Name: "jane@example.com@api.test", Type: User, Issuer: "https://auth.test", API: "https://api.test"}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Session){
		"version":  func(s *Session) { s.APIVersion = "v9" },
		"type":     func(s *Session) { s.Type = "x" },
		"no name":  func(s *Session) { s.Name = "" },
		"control":  func(s *Session) { s.Name = "a\x1b[2J" },
		"long":     func(s *Session) { s.Name = strings.Repeat("x", 300) },
		"http":     func(s *Session) { s.TokenURL = "http://auth.test/token" },
		"user":     func(s *Session) { s.RevocationURL = "https://u:p@auth.test/" },
		"fragment": func(s *Session) { s.Issuer = "https://auth.test/#x" },
		"helper":   func(s *Session) { s.Type, s.Helper = Datumctl, "./evil.sh" },
		"any dir":  func(s *Session) { s.Type, s.Helper = Datumctl, "datumctl" },
		"none":     func(s *Session) { s.Type = Datumctl },
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			spoil(&bad)
			if bad.Validate() == nil {
				t.Error("Validate finds nothing")
			}
		})
	}
}
