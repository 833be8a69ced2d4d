// Package private reads and writes files that only their owner may reach, and
// refuses those that somebody else could have made or read.
package private

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile bounds what is read: what we store is a few KiB.
const maxFile = 1 << 20

// ErrUnsafe marks a file or folder that is not this user's alone.
var ErrUnsafe = errors.New("not safe to use")

// Read returns the content of a file that belongs to this user, is closed to
// everybody else, and is a file and no link.
func Read(path string) ([]byte, error) {
	file, err := openNoFollow(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if err := check(path, info, false); err != nil {
		return nil, err
	}
	return readBounded(file, path, info.Size())
}

// ReadKey is Read for a key file that the user, or whoever made the user's
// container, put where it is: links are followed, as a mounted Secret needs,
// and a root's file may be open to its group.
func ReadKey(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a plain file: %w", path, ErrUnsafe)
	}
	if err := checkKeyOwner(path, info); err != nil {
		return nil, err
	}
	return readBounded(file, path, info.Size())
}

func readBounded(file *os.File, path string, size int64) ([]byte, error) {
	if size > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes: %w", path, maxFile, ErrUnsafe)
	}
	content := make([]byte, size)
	n, err := io.ReadFull(file, content)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return content[:n], err
}

// Write puts a file of mode 0600 in place in one step, and returns when it is
// on the disk: a reader, and the next boot, see the old content or the new one.
func Write(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := CheckDir(dir); err != nil {
		return err
	}
	part, err := os.CreateTemp(dir, "."+filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // fails after the rename, as it should
	if err := Finish(part, content); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// Finish writes the content to a new file, gets it onto the disk, and closes it.
func Finish(file *os.File, content []byte) error {
	_, err := file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// MakeDir makes a folder of mode 0700 and its parents. One that is there must
// be this user's alone.
func MakeDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return CheckDir(path)
}

// CheckDir tells whether a folder is this user's alone.
func CheckDir(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	return check(path, info, true)
}

func check(path string, info fs.FileInfo, dir bool) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link: %w", path, ErrUnsafe)
	case dir && !info.IsDir():
		return fmt.Errorf("%s is not a folder: %w", path, ErrUnsafe)
	case !dir && !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a plain file: %w", path, ErrUnsafe)
	}
	return checkOwner(path, info)
}
