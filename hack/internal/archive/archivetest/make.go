// Package archivetest makes archives for tests, also such as no build makes.
package archivetest

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Entry is a file in an archive.
type Entry struct {
	Name, Text string
	// Mode is 0755 where it is 0.
	Mode fs.FileMode
	// Link makes it a symbolic link.
	Link string
}

// TarGz writes an archive, and returns its path.
func TarGz(t testing.TB, name string, entries ...Entry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	to := tar.NewWriter(zipped)
	for _, e := range entries {
		header := tar.Header{Name: e.Name, Mode: int64(mode(e)), Size: int64(len(e.Text)), Typeflag: tar.TypeReg}
		if e.Link != "" {
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, e.Link, 0
		}
		if err := to.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(e.Text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range []interface{ Close() error }{to, zipped, file} {
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// Zip writes a zip, and returns its path.
func Zip(t testing.TB, name string, entries ...Entry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	to := zip.NewWriter(file)
	for _, e := range entries {
		header := zip.FileHeader{Name: e.Name}
		header.SetMode(mode(e))
		entry, err := to.CreateHeader(&header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(e.Text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range []interface{ Close() error }{to, file} {
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func mode(e Entry) fs.FileMode {
	if e.Mode == 0 {
		return 0o755
	}
	return e.Mode
}
