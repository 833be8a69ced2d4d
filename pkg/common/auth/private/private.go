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

// The causes that no mode or owner would mend; they are ErrUnsafe too.
var (
	ErrNoFile   = fmt.Errorf("not a plain file: %w", ErrUnsafe)
	ErrTooLarge = fmt.Errorf("larger than %d bytes: %w", maxFile, ErrUnsafe)
)

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
	file, info, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := checkKeyOwner(path, info); err != nil {
		return nil, err
	}
	return readBounded(file, path, info.Size())
}

// OpenFile opens a plain file for reading, whoever's it is, and never waits for
// the other end of a pipe.
func OpenFile(path string) (*os.File, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", path, ErrNoFile)
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

func readBounded(file *os.File, path string, size int64) ([]byte, error) {
	if size > maxFile {
		return nil, fmt.Errorf("%s: %w", path, ErrTooLarge)
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
	part, err := os.CreateTemp(dir, partPrefix(path)+"*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // fails after the rename, as it should
	if err := Finish(part, content); err != nil {
		return err
	}
	if err := rename(part.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// WriteOver writes the first bytes of a file of mode 0600 anew, in place and
// without waiting for the disk: for notes that may be lost.
func WriteOver(path string, content []byte) error {
	if err := CheckDir(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|noFollow|noWait, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := check(path, info, false); err != nil {
		return err
	}
	_, err = file.Write(content)
	return err
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

// CheckDir returns an error unless a folder is this user's alone.
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
		return fmt.Errorf("%s: %w", path, ErrNoFile)
	}
	return checkOwner(path, info)
}
