package private

import (
	"errors"
	"os"
	"path/filepath"
)

// Room is space on the disk for a file that is to be written later, when it must
// not fail any more. One at a time is kept for a file; whoever reserves it holds
// a lock.
type Room struct {
	path string
	part *os.File
}

// NextPath is where the room for a file is.
func NextPath(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".next")
}

// Reserve writes so many bytes beside a file, and gets them onto the disk: what
// takes their place needs no more space. A file system that never writes over
// what is there may still find none.
func Reserve(path string, size int) (*Room, error) {
	if err := CheckDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	next := NextPath(path)
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) { // a process that was killed left it
		return nil, err
	}
	part, err := os.OpenFile(next, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	r := &Room{path, part}
	filling := make([]byte, size)
	for i := range filling {
		filling[i] = ' ' // zeros may take no space
	}
	if _, err = part.Write(filling); err == nil {
		err = part.Sync()
	}
	if err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

// Write puts the content in the file's place in one step, and returns when it is
// on the disk, as the function of that name does.
func (r *Room) Write(content []byte) error {
	defer r.Release()
	_, err := r.part.WriteAt(content, 0)
	if err == nil {
		err = r.part.Truncate(int64(len(content)))
	}
	if err == nil {
		err = r.part.Sync()
	}
	if err = errors.Join(err, r.part.Close()); err != nil {
		return err
	}
	if err := rename(r.part.Name(), r.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(r.path))
}

// Release gives the space back, if nothing was written.
func (r *Room) Release() {
	_ = r.part.Close()
	_ = os.Remove(r.part.Name()) // fails after the rename, as it should
}
