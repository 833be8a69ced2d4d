package devcluster

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestStateDir(t *testing.T) {
	tests := map[string]struct {
		env    map[string]string
		parent string
	}{
		"named":         {map[string]string{StateVariable: "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"}, "/s"},
		"xdg":           {map[string]string{"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/datum-kubectl-plugins"},
		"relative xdg":  {map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, "/h/.local/state/datum-kubectl-plugins"},
		"home":          {map[string]string{"HOME": "/h"}, "/h/.local/state/datum-kubectl-plugins"},
		"no home":       {nil, "/tmp/datum-kubectl-plugins-7"},
		"relative home": {map[string]string{"HOME": "h"}, "/tmp/datum-kubectl-plugins-7"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			getenv := func(key string) string { return tt.env[key] }
			dir := stateDir(getenv, "/tmp", 7, "/src/one")
			if filepath.Dir(dir) != tt.parent || !strings.HasPrefix(filepath.Base(dir), "devcluster-") {
				t.Errorf("stateDir = %s, want a folder in %s", dir, tt.parent)
			}
			if other := stateDir(getenv, "/tmp", 7, "/src/two"); other == dir {
				t.Errorf("two checkouts share %s", dir)
			}
		})
	}
}
