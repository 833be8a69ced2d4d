package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// completer is the program that kubectl runs to complete the words of a plugin: a script
// that names the plugin without a folder, so that PATH says at each run where it is.
//
// On Windows it is a copy of the plugin, which completes under that name (arguments). A
// batch file would not do: cmd.exe interprets the words that it gets, and could be made to
// run another program by a line in which TAB is pressed.
type completer struct {
	// binary is the plugin's file name without .exe; goos is as in Go.
	binary, goos string
}

// command is how users call the plugin.
func (c completer) command() string {
	return "kubectl " + strings.ReplaceAll(strings.TrimPrefix(c.binary, "kubectl-"), "_", "-")
}

// name is what kubectl looks up on PATH.
func (c completer) name() string {
	return completePrefix + strings.TrimPrefix(c.binary, "kubectl-")
}

// file is the completer's file name. Windows finds programs by their extension.
func (c completer) file() string {
	if c.goos == "windows" {
		return c.name() + ".exe"
	}
	return c.name()
}

// mark is the text that makes a file ours: a line of the script, or what the Go linker
// writes into each build of the plugin.
func (c completer) mark() string {
	if c.goos == "windows" {
		return "path\tgithub.com/datum-cloud/kubectl-plugins/plugins/" + strings.ReplaceAll(c.binary, "_", "-") + "\n"
	}
	return "Written by '" + c.command() + " completion install'; '" + c.command() + " completion uninstall' removes it."
}

// content returns what the completer's file holds; plugin is the path of the plugin.
func (c completer) content(plugin string) ([]byte, error) {
	if c.goos == "windows" {
		return os.ReadFile(plugin)
	}
	return []byte(c.script()), nil
}

func (c completer) script() string {
	return "#!/bin/sh\n# " + c.mark() + "\n" +
		"command -v " + c.binary + " >/dev/null || exit 0\n" +
		"exec " + c.binary + " " + cobra.ShellCompRequestCmd + " \"$@\"\n"
}

// write writes content into the completer's file in a folder and returns its path.
// Unless replace, it refuses to overwrite what is not ours. The file is written aside and
// renamed, so that nobody can run half of it.
func (c completer) write(dir string, content []byte, replace bool) (string, error) {
	path := filepath.Join(dir, c.file())
	if err := c.free(path, replace); err != nil {
		return "", err
	}
	aside, err := os.MkdirTemp(dir, "."+completePrefix)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	written := filepath.Join(aside, c.file())
	if err := os.WriteFile(written, content, 0o755); err != nil { //nolint:gosec // a program for all users of the plugin
		return "", err
	}
	return path, os.Rename(written, path)
}

func (c completer) free(path string, replace bool) error {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (replace || c.ours(path)) {
		return nil
	}
	if err != nil {
		return err
	}
	return failure.With(failure.Refused, fmt.Errorf("%s belongs to another program", path), "--replace overwrites it, --dir names another folder")
}

// remove removes the plugin's completer from a folder and reports whether it was there.
func (c completer) remove(dir string) (path string, removed bool, err error) {
	path = filepath.Join(dir, c.file())
	if !c.ours(path) {
		return path, false, nil
	}
	err = os.Remove(path)
	return path, err == nil, err
}

// ours reports whether a file has our mark or is a link to the plugin, which completes
// just as well (arguments).
func (c completer) ours(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return err == nil && strings.TrimSuffix(filepath.Base(target), ".exe") == c.binary
	}
	if !info.Mode().IsRegular() || c.goos != "windows" && info.Size() > 4096 {
		return false
	}
	text, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(text), c.mark())
}
