// Package archive reads the archives of a release, and refuses what has no
// place in one: they are unpacked on other people's machines.
package archive

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// limit is what a file in an archive may hold: ours have some 20 MiB.
const limit = 256 << 20

// File is a file of an archive.
type File struct {
	// Name is its path in the archive, which leads nowhere outside.
	Name string
	// Mode has the permission bits.
	Mode fs.FileMode
	// Modified is the time that extracting restores.
	Modified time.Time
	// Owner is the numeric user and group; zips know none.
	Owner [2]int
	Data  []byte
}

// Read returns the files of a .tar.gz or .zip archive, in its order. Links,
// folders, paths that leave the archive and repeated names are errors.
func Read(path string) ([]File, error) {
	read := readTarGz
	if strings.HasSuffix(path, ".zip") {
		read = readZip
	}
	files, err := read(path)
	if err == nil {
		err = unique(files)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return files, nil
}

func readTarGz(path string) ([]File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var files []File
	for from := tar.NewReader(unzipped); ; {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		// A reader refuses paths that lead outside by itself only where
		// GODEBUG says so.
		if err != nil {
			return nil, err
		}
		data, err := content(header.Name, header.FileInfo().Mode(), from)
		if err != nil {
			return nil, err
		}
		files = append(files, File{
			Name: header.Name, Mode: header.FileInfo().Mode().Perm(), Modified: header.ModTime,
			Owner: [2]int{header.Uid, header.Gid}, Data: data,
		})
	}
}

func readZip(path string) ([]File, error) {
	zipped, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = zipped.Close() }()
	var files []File
	for _, entry := range zipped.File {
		from, err := entry.Open()
		if err != nil {
			return nil, err
		}
		data, err := content(entry.Name, entry.Mode(), from)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: entry.Name, Mode: entry.Mode().Perm(), Modified: entry.Modified, Data: data})
	}
	return files, nil
}

// content reads one file, if it is one that may be there.
func content(name string, mode fs.FileMode, from io.Reader) ([]byte, error) {
	if !filepath.IsLocal(name) || strings.Contains(name, `\`) {
		return nil, fmt.Errorf("%q leads out of the archive", name)
	}
	if !mode.IsRegular() {
		return nil, fmt.Errorf("%q is no plain file but %s", name, mode)
	}
	data, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err == nil && len(data) > limit {
		err = fmt.Errorf("%q is larger than %d MiB", name, limit>>20)
	}
	return data, err
}

func unique(files []File) error {
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file.Name] {
			return fmt.Errorf("%q is there twice", file.Name)
		}
		seen[file.Name] = true
	}
	return nil
}
