package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// CacheVariable names the environment variable that moves the cache.
const CacheVariable = "DEVCLUSTER_CACHE"

// product is the name of our folder among those of others.
const product = "datum-kubectl-plugins"

// cacheDir returns the folder that built servers are kept in. It works
// without a home folder too.
func cacheDir(getenv func(string) string, temp string, uid int) string {
	if dir := getenv(CacheVariable); dir != "" {
		return filepath.Join(dir, "servers")
	}
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, product, "servers")
	}
	if getenv("HOME") != "" {
		if dir, err := os.UserCacheDir(); err == nil {
			return filepath.Join(dir, product, "servers")
		}
	}
	return filepath.Join(temp, product+"-"+strconv.Itoa(uid), "servers")
}

// prepareCache makes the cache folder. Others must not be able to put a
// binary there: it will be run.
func prepareCache() (string, error) {
	dir := cacheDir(os.Getenv, os.TempDir(), os.Getuid())
	if err := private.Dir(dir); err != nil {
		return "", fmt.Errorf("prepare the cache of servers: %w", err)
	}
	return dir, nil
}
