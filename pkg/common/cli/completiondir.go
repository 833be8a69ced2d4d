package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// target returns the folder that the script goes to, which then exists.
func (o *completionOptions) target() (string, error) {
	if o.dir != "" {
		if o.isKrewBin(o.dir) {
			return "", failure.With(failure.Refused, fmt.Errorf("%s is krew's folder: krew takes every file in it for a plugin, and fails once it is the last one there", o.dir), "--dir names another folder of PATH")
		}
		return filepath.Abs(o.dir)
	}
	if dir, ok := o.besidePlugin(); ok {
		return dir, nil
	}
	return o.personal()
}

// besidePlugin returns the plugin's folder, if the script can live there.
func (o *completionOptions) besidePlugin() (dir string, ok bool) {
	running, err := o.executable()
	if err != nil {
		return "", false
	}
	for _, dir := range o.path() {
		// PATH may hold a link to the program, as krew makes them.
		if sameFile(filepath.Join(dir, o.completer.binary), running) || sameFile(filepath.Join(dir, o.completer.binary+".exe"), running) {
			return dir, !o.isKrewBin(dir) && writable(dir)
		}
	}
	return "", false
}

// personal returns the folder for programs of one user: the first of the usual ones
// that is on PATH, else ~/.local/bin.
func (o *completionOptions) personal() (string, error) {
	home := o.home()
	if home == "" {
		return "", failure.With(failure.BadInput, errors.New("there is no home folder to install completion in"), "--dir names a folder of PATH")
	}
	usual := []string{filepath.Join(home, ".local", "bin"), filepath.Join(home, "bin")}
	dir := usual[0]
	if i := slices.IndexFunc(usual, o.onPath); i >= 0 {
		dir = usual[i]
	}
	return dir, os.MkdirAll(dir, 0o755) //nolint:gosec // as other programs create it
}

// search returns the folders to remove the script from.
func (o *completionOptions) search() []string {
	if o.dir != "" {
		return []string{o.dir}
	}
	dirs := o.path()
	if home := o.home(); home != "" {
		dirs = append(dirs, filepath.Join(home, ".local", "bin"))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// warn says what is missing for kubectl to run the script at path.
func (o *completionOptions) warn(path string) {
	dir := filepath.Dir(path)
	if !o.onPath(dir) {
		fmt.Fprintf(o.streams.ErrOut, "warning: kubectl looks for it on PATH, and PATH lacks %s\nhint: %s\n", dir, o.addToPath(dir))
		return
	}
	for _, before := range o.path() {
		if sameFile(before, dir) {
			return
		}
		if other := filepath.Join(before, filepath.Base(path)); exists(other) {
			fmt.Fprintf(o.streams.ErrOut, "warning: kubectl runs %s instead, which comes first on PATH\n", other)
			return
		}
	}
}

// addToPath says how a user adds a folder to PATH for good.
func (o *completionOptions) addToPath(dir string) string {
	switch {
	case o.completer.goos == "windows":
		return `in PowerShell: [Environment]::SetEnvironmentVariable("Path", [Environment]::GetEnvironmentVariable("Path", "User") + ";` + dir + `", "User")`
	case filepath.Base(o.getenv("SHELL")) == "fish":
		return "fish_add_path " + dir
	default:
		return `add this line to ~/.bashrc or ~/.zshrc: export PATH="$PATH:` + dir + `"`
	}
}

// isKrewBin reports whether dir is where krew links plugins (krew v0.4.3,
// internal/environment): bin beside receipts and store.
func (o *completionOptions) isKrewBin(dir string) bool {
	if root := o.getenv("KREW_ROOT"); root != "" && sameFile(dir, filepath.Join(root, "bin")) {
		return true
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil || filepath.Base(root) != "bin" {
		return false
	}
	return exists(filepath.Join(root, "..", "receipts")) && exists(filepath.Join(root, "..", "store"))
}

// path returns the folders of PATH; relative ones are left out, as Go leaves them out.
func (o *completionOptions) path() []string {
	return slices.DeleteFunc(filepath.SplitList(o.getenv("PATH")), func(dir string) bool { return !filepath.IsAbs(dir) })
}

func (o *completionOptions) onPath(dir string) bool {
	return slices.ContainsFunc(o.path(), func(one string) bool { return filepath.Clean(one) == filepath.Clean(dir) || sameFile(one, dir) })
}

func (o *completionOptions) home() string {
	if o.completer.goos == "windows" {
		return o.getenv("USERPROFILE")
	}
	return o.getenv("HOME")
}

// writable reports whether files can be created in dir.
func writable(dir string) bool {
	probe, err := os.MkdirTemp(dir, "."+completePrefix)
	return err == nil && os.Remove(probe) == nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
