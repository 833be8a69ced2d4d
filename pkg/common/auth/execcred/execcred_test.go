package execcred

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Request
		fail bool
	}{
		"nobody asked": {"", Request{APIVersion: V1}, false},
		"v1":           {`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":true}}`, Request{APIVersion: V1, Interactive: true, Asked: true}, false},
		"v1beta1":      {`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false}}`, Request{APIVersion: V1beta1, Asked: true}, false},
		"v1alpha1":     {`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1alpha1"}`, Request{}, true},
		"other kind":   {`{"kind":"Secret","apiVersion":"client.authentication.k8s.io/v1"}`, Request{}, true},
		"no JSON":      {`secret-word`, Request{}, true},
		"list":         {`[]`, Request{}, true},
		"bad CA":       {`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"certificate-authority-data":"%%"}}}`, Request{}, true},
		"too large":    {strings.Repeat(" ", maxRequest+1), Request{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(c.text)
			if c.fail != (err != nil) || got != c.want {
				t.Fatalf("Parse = %+v, %v; want %+v, failure %v", got, err, c.want, c.fail)
			}
			if err != nil && !errors.Is(err, ErrRequest) {
				t.Errorf("Parse fails with %v: it may show what the variable holds", err)
			}
		})
	}
}

func TestParseCluster(t *testing.T) {
	got, err := Parse(`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false,"cluster":{"server":"https://api.test/x","tls-server-name":"n","insecure-skip-tls-verify":true,"certificate-authority-data":"Q0E=","proxy-url":"http://p","config":{"a":1}}}}`)
	if err != nil || got.Cluster == nil {
		t.Fatalf("Parse = %+v, %v", got, err)
	}
	c := *got.Cluster
	if c.Server != "https://api.test/x" || c.TLSServerName != "n" || !c.InsecureSkipTLSVerify || string(c.CAData) != "CA" {
		t.Errorf("cluster = %+v", c)
	}
}

func TestAnswer(t *testing.T) {
	expires := time.Date(2030, 1, 2, 3, 4, 5, 600, time.FixedZone("x", 3600))
	for name, c := range map[string]struct {
		version string
		expires time.Time
		want    string
	}{
		"v1":             {V1, expires, `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false},"status":{"expirationTimestamp":"2030-01-02T02:04:05Z","token":"t"}}` + "\n"},
		"v1beta1":        {V1beta1, expires, `{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false},"status":{"expirationTimestamp":"2030-01-02T02:04:05Z","token":"t"}}` + "\n"},
		"unknown expiry": {V1, time.Time{}, `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false},"status":{"token":"t"}}` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Request{APIVersion: c.version}.Answer(secret.New("t"), c.expires)
			if err != nil || string(got) != c.want {
				t.Errorf("Answer = %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":true,"cluster":{"server":"https://a"}}}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrRequest) {
				t.Fatalf("foreign error %v", err)
			}
			return
		}
		answer, err := got.Answer(secret.New("t"), time.Unix(1, 0))
		if err != nil || !json.Valid(answer) {
			t.Fatalf("Answer = %q, %v", answer, err)
		}
	})
}
