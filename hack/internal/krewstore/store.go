// Package krewstore installs plugins into a folder as krew does, down to the
// names of links and receipts, so that what users will get can be tried before
// it is released. It follows krew db921d5: internal/environment/environment.go
// and internal/installation/install.go.
package krewstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
	"github.com/datum-cloud/kubectl-plugins/krew"
)

// Root is what $KREW_ROOT names.
type Root string

// Bin is the folder that users have on PATH.
func (r Root) Bin() string { return filepath.Join(string(r), "bin") }

func (r Root) receipt(name string) string {
	return filepath.Join(string(r), "receipts", name+".yaml")
}

func (r Root) version(name, version string) string {
	return filepath.Join(string(r), "store", name, version)
}

// link is where kubectl finds a plugin: its command with _ for -.
func (r Root) link(name, os string) string {
	link := "kubectl-" + strings.ReplaceAll(name, "-", "_")
	if os == "windows" {
		link += ".exe"
	}
	return filepath.Join(r.Bin(), link)
}

// receipt is the manifest, and where it came from.
type receipt struct {
	krew.Plugin `json:",inline"`
	Status      struct {
		Source struct {
			Name string `json:"name"`
		} `json:"source"`
	} `json:"status"`
	// Metadata has the time besides the name.
	Metadata struct {
		Name              string `json:"name"`
		CreationTimestamp string `json:"creationTimestamp"`
	} `json:"metadata"`
}

// Here is this machine. krew can be told another by KREW_OS and KREW_ARCH.
func Here() krew.Pair { return krew.Pair{OS: runtime.GOOS, Arch: runtime.GOARCH} }

// Install installs a plugin for a machine from an archive at hand, like `kubectl
// krew install --manifest=FILE --archive=ARCHIVE`, and returns its link.
func (r Root) Install(plugin *krew.Plugin, machine krew.Pair, archivePath string) (string, error) {
	name, platform := plugin.Metadata.Name, plugin.For(machine)
	if platform == nil {
		return "", fmt.Errorf("plugin %q offers nothing for %s", name, machine)
	}
	if _, err := os.Stat(r.receipt(name)); err == nil {
		return "", fmt.Errorf("plugin %q is installed already", name)
	}
	if err := verify(archivePath, platform.SHA256); err != nil {
		return "", err
	}
	store := r.version(name, plugin.Spec.Version)
	if err := extract(archivePath, store); err != nil {
		return "", err
	}
	program := filepath.Join(store, platform.Bin)
	if _, err := os.Stat(program); err != nil {
		return "", fmt.Errorf("plugin %q: spec.platforms[].bin is not in the archive: %w", name, err)
	}
	link := r.link(name, machine.OS)
	if err := os.MkdirAll(r.Bin(), 0o755); err != nil {
		return "", err
	}
	if err := os.Symlink(program, link); err != nil {
		return "", err
	}
	return link, r.writeReceipt(plugin)
}

func verify(path, want string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
		return fmt.Errorf("checksum does not match, want: %s, got %x", want, sum)
	}
	return nil
}

func extract(path, folder string) error {
	files, err := archive.Read(path)
	if err != nil {
		return err
	}
	for _, f := range files {
		target := filepath.Join(folder, f.Name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, f.Data, f.Mode); err != nil {
			return err
		}
	}
	return nil
}

// writeReceipt records the plugin as krew does one that comes from no index.
func (r Root) writeReceipt(plugin *krew.Plugin) error {
	record := receipt{Plugin: *plugin}
	record.Status.Source.Name = "detached"
	record.Metadata.Name = plugin.Metadata.Name
	record.Metadata.CreationTimestamp = time.Now().UTC().Format(time.RFC3339)
	data, err := yaml.Marshal(record)
	if err != nil {
		return err
	}
	path := r.receipt(plugin.Metadata.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
