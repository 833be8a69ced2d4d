package servers

import "testing"

func TestVersion(t *testing.T) {
	gomod := []byte("module m\n\nrequire k8s.io/alone v1.2.3\n\nrequire (\n\tk8s.io/kubernetes v1.36.3 // indirect\n\tk8s.io/kubernetes-ish v9.9.9\n)\n\nreplace k8s.io/x => k8s.io/x v0.36.3\n")
	tests := map[string]string{
		"k8s.io/alone":      "v1.2.3",
		"k8s.io/kubernetes": "v1.36.3",
		"k8s.io/x":          "",
		"k8s.io/nowhere":    "",
	}
	for module, want := range tests {
		t.Run(module, func(t *testing.T) {
			got, err := pins{gomod: gomod}.version(module)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("version = %q, %v; want %q", got, err, want)
			}
		})
	}
}

func TestKey(t *testing.T) {
	base := pins{gomod: []byte("a"), gosum: []byte("b")}
	here := platform{"go1.26.8", "linux", "amd64"}
	first := base.key("v1", here)
	if again := base.key("v1", here); again != first {
		t.Errorf("the same input gives %s and %s", first, again)
	}
	others := map[string]string{
		"version":    base.key("v2", here),
		"go.mod":     pins{gomod: []byte("x"), gosum: []byte("b")}.key("v1", here),
		"go.sum":     pins{gomod: []byte("a"), gosum: []byte("x")}.key("v1", here),
		"shifted":    pins{gomod: []byte("ab"), gosum: nil}.key("v1", here),
		"go version": base.key("v1", platform{"go1.26.9", "linux", "amd64"}),
		"system":     base.key("v1", platform{"go1.26.8", "darwin", "amd64"}),
		"machine":    base.key("v1", platform{"go1.26.8", "linux", "arm64"}),
	}
	for what, key := range others {
		if key == first {
			t.Errorf("another %s gives the same key %s", what, key)
		}
	}
}
