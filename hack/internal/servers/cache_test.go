package servers

import (
	"path/filepath"
	"testing"
)

func TestCacheDir(t *testing.T) {
	t.Setenv("HOME", "/home/ann")
	t.Setenv("XDG_CACHE_HOME", "")
	tests := map[string]struct {
		env  map[string]string
		want string
	}{
		"override": {map[string]string{CacheVariable: "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/c/servers"},
		"xdg":      {map[string]string{"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/datum-kubectl-plugins/servers"},
		"relative": {map[string]string{"XDG_CACHE_HOME": "x"}, "/tmp/datum-kubectl-plugins-7/servers"},
		"no home":  {nil, "/tmp/datum-kubectl-plugins-7/servers"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := cacheDir(func(key string) string { return tt.env[key] }, "/tmp", 7)
			if filepath.ToSlash(got) != tt.want {
				t.Errorf("cacheDir = %s, want %s", got, tt.want)
			}
		})
	}
}
