//go:build unix

package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func dir(t *testing.T) string {
	t.Helper()
	d := filepath.Join(t.TempDir(), "own")
	if err := MakeDir(d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWriteThenRead(t *testing.T) {
	path := filepath.Join(dir(t), "a")
	for _, content := range []string{"one", "", strings.Repeat("x", 5000)} {
		if err := Write(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, err := Read(path)
		if err != nil || string(got) != content {
			t.Fatalf("Read = %d bytes, %v; want %d", len(got), err, len(content))
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v; want 0600", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*part*"))
	if len(left) > 0 {
		t.Errorf("parts left behind: %v", left)
	}
}

func TestReadRefuses(t *testing.T) {
	d := dir(t)
	good := filepath.Join(d, "good")
	if err := Write(good, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for name, prepare := range map[string]func(path string) error{
		"readable by others": func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o600), os.Chmod(p, 0o644)) },
		"group may write":    func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o600), os.Chmod(p, 0o620)) },
		"link":               func(p string) error { return os.Symlink(good, p) },
		"pipe":               func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"folder":             func(p string) error { return os.Mkdir(p, 0o700) },
		"large":              func(p string) error { return os.WriteFile(p, make([]byte, maxFile+1), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(d, name)
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(path); !errors.Is(err, ErrUnsafe) {
				t.Errorf("Read = %v, want ErrUnsafe", err)
			}
		})
	}
}

func TestForeignOwnerIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	d := dir(t)
	path := filepath.Join(d, "a")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, 12345, -1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrUnsafe) {
		t.Errorf("Read of a foreign file = %v, want ErrUnsafe", err)
	}
	if err := os.Chown(d, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(d, "b"), nil); !errors.Is(err, ErrUnsafe) {
		t.Errorf("Write to a foreign folder = %v, want ErrUnsafe", err)
	}
}

func TestOpenFolderAndLinkedFolderAreRefused(t *testing.T) {
	d := dir(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(d, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(link, "a"), nil); !errors.Is(err, ErrUnsafe) {
		t.Errorf("Write through a linked folder = %v, want ErrUnsafe", err)
	}
	if err := os.Chmod(d, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := MakeDir(d); !errors.Is(err, ErrUnsafe) {
		t.Errorf("MakeDir of an open folder = %v, want ErrUnsafe", err)
	}
}

func TestReadOfNothing(t *testing.T) {
	if _, err := Read(filepath.Join(dir(t), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read = %v, want ErrNotExist", err)
	}
}

func TestReadersSeeWholeFiles(t *testing.T) {
	path := filepath.Join(dir(t), "a")
	contents := []string{strings.Repeat("a", 9000), strings.Repeat("b", 3)}
	if err := Write(path, []byte(contents[0])); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	writers.Go(func() {
		for i := range 50 {
			if err := Write(path, []byte(contents[i%2])); err != nil {
				t.Error(err)
			}
		}
	})
	for range 500 {
		got, err := Read(path)
		if err != nil || (string(got) != contents[0] && string(got) != contents[1]) {
			t.Fatalf("Read = %d bytes, %v: neither content", len(got), err)
		}
	}
	writers.Wait()
}

// TestAKeyFileThatIsNone opens what would wait for ever, and tells what is
// wrong apart: no mode helps a pipe or a file that is too large.
func TestAKeyFileThatIsNone(t *testing.T) {
	d := dir(t)
	for name, c := range map[string]struct {
		prepare func(path string) error
		want    error
	}{
		"pipe":   {func(p string) error { return syscall.Mkfifo(p, 0o600) }, ErrNoFile},
		"folder": {func(p string) error { return os.Mkdir(p, 0o700) }, ErrNoFile},
		"large":  {func(p string) error { return os.WriteFile(p, make([]byte, maxFile+1), 0o600) }, ErrTooLarge},
		"open":   {func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o600), os.Chmod(p, 0o644)) }, ErrUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(d, name)
			if err := c.prepare(path); err != nil {
				t.Fatal(err)
			}
			_, err := ReadKey(path)
			if !errors.Is(err, c.want) || !errors.Is(err, ErrUnsafe) {
				t.Errorf("ReadKey = %v, want %v", err, c.want)
			}
			if name == "open" && (errors.Is(err, ErrNoFile) || errors.Is(err, ErrTooLarge)) {
				t.Errorf("ReadKey = %v, which is of another cause too", err)
			}
		})
	}
}

// TestWriteOver keeps to plain files of this user, and never waits.
func TestWriteOver(t *testing.T) {
	d := dir(t)
	victim, link, pipe := filepath.Join(d, "victim"), filepath.Join(d, "link"), filepath.Join(d, "pipe")
	if err := errors.Join(os.WriteFile(victim, []byte("victim"), 0o600), os.Symlink(victim, link), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, pipe} {
		if err := WriteOver(path, []byte("x")); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if err := WriteOver(filepath.Join(d, "new"), []byte("x")); err != nil {
		t.Error(err)
	}
	if err := WriteOver(victim, []byte("x")); err != nil {
		t.Error(err)
	}
	if got, err := Read(victim); string(got) != "xictim" || err != nil {
		t.Errorf("%s, %v: want the first byte written over, by its own name only", got, err)
	}
	if err := os.Chmod(d, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteOver(victim, []byte("y")); !errors.Is(err, ErrUnsafe) {
		t.Errorf("WriteOver in an open folder = %v", err)
	}
}
