package private

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := MakeDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"shorter": []byte("new"), "as long": bytes.Repeat([]byte("x"), 100), "longer": bytes.Repeat([]byte("y"), 1000), "empty": {},
	} {
		if err := os.WriteFile(NextPath(path), []byte("of a process that was killed"), 0o600); err != nil {
			t.Fatal(err)
		}
		room, err := Reserve(path, 100)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(NextPath(path)); err != nil || info.Size() != 100 {
			t.Errorf("reserved: %v, %v", info, err)
		}
		if err := room.Write(content); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		room.Release() // which changes nothing any more
		if got, err := Read(path); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: the file holds %q, %v", name, got, err)
		}
	}
	room, err := Reserve(path, 100)
	if err != nil {
		t.Fatal(err)
	}
	room.Release()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := Reserve(filepath.Join(dir, "none", "file"), 1); err == nil {
		t.Error("reserved in a folder that is not there")
	}
}
