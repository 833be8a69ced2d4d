package cluster

import (
	"testing"

	"k8s.io/client-go/rest"
)

// TestClear: a server without a scheme is asked over plain HTTP.
func TestClear(t *testing.T) {
	for host, want := range map[string]bool{
		"https://c.example.com": false, "http://c.example.com": true, "HTTP://10.0.0.1:8080": true,
		"c.example.com": true, "joe:p@c.example.com": true, "http://joe:p@c.example.com": true, "https://joe:p@c.example.com": false, "http://%zz": false,
		"http://127.0.0.1:8001": false, "http://localhost:8001": false, "http://[::1]:8001": false, "http://localhost.example.com": true,
	} {
		if got := Clear(Member{Config: &rest.Config{Host: host}}); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
