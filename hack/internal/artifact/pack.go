// Package artifact packs folders the way Flux's source-controller stores
// them, and serves them to the controllers.
package artifact

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Pack writes the files of a folder as a tar.gz. The same files give the same
// bytes: order, times, owners and modes do not depend on where the folder is.
func Pack(w io.Writer, from fs.FS) error {
	zip := gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	walk := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if err := add(archive, from, path, entry); err != nil {
			return fmt.Errorf("pack %s: %w", path, err)
		}
		return nil
	}
	// WalkDir goes in lexical order.
	if err := fs.WalkDir(from, ".", walk); err != nil {
		return err
	}
	return errors.Join(archive.Close(), zip.Close())
}

func add(archive *tar.Writer, from fs.FS, path string, entry fs.DirEntry) error {
	header := &tar.Header{Name: path, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	if entry.IsDir() {
		header.Typeflag, header.Name, header.Mode = tar.TypeDir, path+"/", 0o755
		return archive.WriteHeader(header)
	}
	if !entry.Type().IsRegular() {
		return fmt.Errorf("%s: only files and folders can be packed", entry.Type())
	}
	content, err := fs.ReadFile(from, path)
	if err != nil {
		return err
	}
	header.Typeflag, header.Mode, header.Size = tar.TypeReg, 0o644, int64(len(content))
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}
