// Package devcluster keeps development clusters running in the background: a
// supervisor process owns them, and short commands tell it what is wanted and
// read how things are from files that both share.
package devcluster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// StateVariable names the environment variable with the folder that states are
// made in.
const StateVariable = "DEVCLUSTER_STATE"

// State is the folder of one set of clusters.
type State struct {
	dir string
}

// StateOf returns the state that belongs to a checkout and this user.
func StateOf(checkout string) State {
	return State{dir: stateDir(os.Getenv, os.TempDir(), os.Getuid(), checkout)}
}

// StateAt returns the state that another process has found with StateOf.
func StateAt(dir string) State { return State{dir: dir} }

// stateDir depends on the checkout, so that two checkouts do not meet. It is
// always a folder of our own below the one that somebody names: `down` removes
// it with everything in it.
func stateDir(getenv func(string) string, temp string, uid int, checkout string) string {
	hash := sha256.Sum256([]byte(checkout))
	return filepath.Join(stateParent(getenv, temp, uid), "devcluster-"+hex.EncodeToString(hash[:])[:10])
}

// stateParent works without a home folder too.
func stateParent(getenv func(string) string, temp string, uid int) string {
	if dir := getenv(StateVariable); dir != "" {
		if absolute, err := filepath.Abs(dir); err == nil {
			return absolute
		}
	}
	const product = "datum-kubectl-plugins"
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, product)
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", product)
	}
	return filepath.Join(temp, product+"-"+strconv.Itoa(uid))
}

// Dir returns the folder.
func (s State) Dir() string { return s.dir }

// Kubeconfig returns the path of the kubeconfig with all clusters.
func (s State) Kubeconfig() string { return s.path("kubeconfig") }

// Log returns the path of the supervisor's log.
func (s State) Log() string { return s.path("supervisor.log") }

func (s State) lockFile() string         { return s.dir + ".lock" }
func (s State) pids() string             { return s.path("pids") }
func (s State) supervisorRecord() string { return s.path("supervisor") }
func (s State) guardianRecord() string   { return s.path("guardian") }
func (s State) path(name string) string  { return filepath.Join(s.dir, name) }

// write puts a value into a file of the state.
func (s State) write(name string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := private.WriteFile(s.path(name), append(content, '\n')); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// read reads a value from a file of the state.
func (s State) read(name string, value any) error {
	content, err := os.ReadFile(s.path(name))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(content, value); err != nil {
		return fmt.Errorf("read %s: %w", s.path(name), err)
	}
	return nil
}
