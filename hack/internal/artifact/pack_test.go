package artifact

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

func TestPackIsDeterministic(t *testing.T) {
	tree := func(at time.Time, mode fs.FileMode) fs.FS {
		return fstest.MapFS{
			"b/two.yaml": {Data: []byte("two"), ModTime: at, Mode: mode},
			"a.yaml":     {Data: []byte("one"), ModTime: at, Mode: mode},
		}
	}
	first, second := pack(t, tree(time.Unix(1, 0), 0o600)), pack(t, tree(time.Now(), 0o755))
	if !bytes.Equal(first, second) {
		t.Error("times or modes of the files got into the archive")
	}
	if got, want := names(t, first), []string{"a.yaml", "b/", "b/two.yaml"}; !slices.Equal(got, want) {
		t.Errorf("names = %q, want %q", got, want)
	}
	if bytes.Equal(first, pack(t, fstest.MapFS{"a.yaml": {Data: []byte("One")}})) {
		t.Error("other content gives the same archive")
	}
}

func TestPackRefusesLinks(t *testing.T) {
	tree := fstest.MapFS{"link": {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}}
	if err := Pack(io.Discard, tree); err == nil {
		t.Error("a symbolic link was packed")
	}
}

func pack(t *testing.T, tree fs.FS) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Pack(&out, tree); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func names(t *testing.T, archive []byte) []string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for reader := tar.NewReader(zip); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, header.Name)
	}
}
