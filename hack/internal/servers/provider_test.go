package servers

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFromAssets(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []Name{Etcd, ControllerManager} {
		if err := os.WriteFile(filepath.Join(dir, string(name)), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		name  Name
		dir   string
		found bool
		fails bool
	}{
		"there":                {Etcd, dir, true, false},
		"not set":              {Etcd, "", false, false},
		"must be there":        {APIServer, dir, false, true},
		"kubectl may be there": {Kubectl, dir, false, false},
		"not from there":       {ControllerManager, dir, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path, err := fromAssets(tt.name, tt.dir)
			if (path != "") != tt.found || (err != nil) != tt.fails {
				t.Errorf("fromAssets = %q, %v", path, err)
			}
		})
	}
}
