package manifest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// path reads one named path and returns why it gave nothing, where that is
// known.
func (r *reader) path(path string) string {
	if path == "-" {
		return r.pipe(Stdin, func() (io.ReadCloser, error) { return io.NopCloser(r.stdin), nil })
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && isURL(path):
		return r.fail(path, errors.New("addresses are not read: fetch the file first and pass it with -f -"))
	case err != nil:
		return r.fail(path, err)
	case info.IsDir():
		return r.folder(path)
	case info.Mode().IsRegular():
		return r.namedFile(path)
	default:
		return r.pipe(path, func() (io.ReadCloser, error) { return os.Open(path) })
	}
}

// namedFile reads a regular file that the user named.
func (r *reader) namedFile(path string) string {
	if r.readBefore(realPath(path)) {
		return "it was read before"
	}
	file, err := os.Open(path)
	if err != nil {
		return r.fail(path, err)
	}
	defer file.Close()
	text, err := bounded(file)
	if err != nil {
		return r.fail(path, err)
	}
	return r.text(source{name: filepath.Clean(path), named: true}, text)
}

// pipe reads what may keep us waiting: stdin, a FIFO, a terminal. A ctx that
// ends is not held up by it.
func (r *reader) pipe(name string, open func() (io.ReadCloser, error)) string {
	if name == Stdin && r.stdin == nil {
		return r.fail(name, errors.New("it is closed"))
	}
	type read struct {
		text []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		file, err := open()
		if err != nil {
			done <- read{err: err}
			return
		}
		defer file.Close()
		text, err := bounded(file)
		done <- read{text, err}
	}()
	select {
	case <-r.ctx.Done():
		return ""
	case got := <-done:
		if got.err != nil {
			return r.fail(name, got.err)
		}
		return r.text(source{name: name, named: true}, got.text)
	}
}

// fail notes a path that could not be read and returns the reason.
func (r *reader) fail(path string, err error) string {
	text := reason(err)
	r.warnings.add(unreadable(), path, 0, text)
	r.lost(flux.RuleUnreadable, "", path, 0, text)
	return text
}

// readBefore notes a file as read, by its real path.
func (r *reader) readBefore(path string) bool {
	before := r.seen[path]
	r.seen[path] = true
	return before
}

// reason says in few words why a file could not be read; the path is known.
func reason(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read it"
	case errors.As(err, &at):
		return "cannot read it: " + at.Err.Error()
	default:
		return err.Error()
	}
}

func isURL(path string) bool {
	return strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://")
}

// realPath is the one name of a file that is reached by many.
func realPath(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}
