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

// completer is the script that kubectl runs to complete the words of a plugin. It
// names the plugin without a folder: PATH says at each run where the plugin is.
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

// file is the script's file name. Windows finds programs by their extension.
func (c completer) file() string {
	if c.goos == "windows" {
		return c.name() + ".cmd"
	}
	return c.name()
}

// mark is the line that makes a file ours.
func (c completer) mark() string {
	return "Written by '" + c.command() + " completion install'; '" + c.command() + " completion uninstall' removes it."
}

func (c completer) script() string {
	if c.goos == "windows" {
		return "@rem " + c.mark() + "\r\n@" + c.binary + ".exe " + cobra.ShellCompRequestCmd + " %* 2>nul\r\n"
	}
	return "#!/bin/sh\n# " + c.mark() + "\n" +
		"command -v " + c.binary + " >/dev/null || exit 0\n" +
		"exec " + c.binary + " " + cobra.ShellCompRequestCmd + " \"$@\"\n"
}

// write writes the script into a folder and returns its path. Unless replace, it
// refuses to overwrite what is not ours. The file is written aside and renamed, so
// that nobody can run half of it.
func (c completer) write(dir string, replace bool) (string, error) {
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
	if err := os.WriteFile(written, []byte(c.script()), 0o755); err != nil { //nolint:gosec // a program for all users of the plugin
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

// remove removes the plugin's scripts from a folder and returns their paths.
func (c completer) remove(dir string) (removed []string, err error) {
	for _, file := range []string{c.file(), c.name()} {
		path := filepath.Join(dir, file)
		if !c.ours(path) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return removed, err
		}
		removed = append(removed, path)
	}
	return removed, nil
}

// ours reports whether a file is a script with our mark, or a link to the plugin,
// which completes just as well (Args).
func (c completer) ours(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return err == nil && strings.TrimSuffix(filepath.Base(target), ".exe") == c.binary
	}
	if !info.Mode().IsRegular() || info.Size() > 4096 {
		return false
	}
	text, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(text), c.mark())
}
