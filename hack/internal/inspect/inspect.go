// Package inspect tells for which machine a program was built, and how, from
// its file alone: programs of other systems cannot be run here.
package inspect

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
)

// Want is what a program should be.
type Want struct {
	// Path is that of its main package.
	Path string
	// OS and Arch are the machine's, in Go's names.
	OS, Arch string
	// Commit is the one that it was built from; "" for any or none.
	Commit string
}

// Program checks that a file is such a program, and was built as a release has
// to be.
func Program(data []byte, want Want) error {
	got, err := machine(data)
	if err == nil && got != want.OS+"/"+want.Arch {
		err = fmt.Errorf("is a program for %s, want %s/%s", got, want.OS, want.Arch)
	}
	if err != nil {
		return err
	}
	settings := map[string]string{
		"path": want.Path, "GOOS": want.OS, "GOARCH": want.Arch,
		"CGO_ENABLED": "0", "-trimpath": "true", "-buildmode": "exe",
	}
	if want.Commit != "" {
		settings["vcs.revision"] = want.Commit
	}
	return build(data, settings)
}

// machine reads the header that the system's own loader reads.
func machine(data []byte) (string, error) {
	file := bytes.NewReader(data)
	if f, err := elf.NewFile(file); err == nil {
		return named("linux", f.Machine, map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"})
	}
	if f, err := macho.NewFile(file); err == nil {
		return named("darwin", f.Cpu, map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"})
	}
	if f, err := pe.NewFile(file); err == nil {
		return named("windows", f.Machine, map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"})
	}
	return "", errors.New("is no program: neither ELF nor Mach-O nor PE")
}

func named[M comparable](os string, m M, names map[M]string) (string, error) {
	if names[m] == "" {
		return "", fmt.Errorf("is a program for another machine: %v", m)
	}
	return os + "/" + names[m], nil
}

// build checks what the Go linker recorded: what `go version -m` shows.
func build(data []byte, want map[string]string) error {
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return err
	}
	got := map[string]string{"path": info.Path}
	for _, s := range info.Settings {
		got[s.Key] = s.Value
	}
	for key, value := range want {
		if got[key] != value {
			err = errors.Join(err, fmt.Errorf("was built with %s=%q, want %q", key, got[key], value))
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			err = errors.Join(err, fmt.Errorf("was built with another %s", m.Path))
		}
	}
	return err
}
