package cluster

import (
	"testing"

	"k8s.io/client-go/rest"
)

func TestClear(t *testing.T) {
	for host, want := range map[string]bool{
		"https://c.example.com": false, "http://c.example.com": true, "HTTP://10.0.0.1:8080": true, "c.example.com": false,
		"http://127.0.0.1:8001": false, "http://localhost:8001": false, "http://[::1]:8001": false, "http://localhost.example.com": true,
	} {
		if got := Clear(Member{Config: &rest.Config{Host: host}}); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
