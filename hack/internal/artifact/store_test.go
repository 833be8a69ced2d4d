package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStoreIsServed(t *testing.T) {
	server, err := Serve(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	stored, err := server.Store().Put("OCIRepository/flux-system/activity", fstest.MapFS{"a": {Data: []byte("a")}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(stored.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if "sha256:"+hex.EncodeToString(sum[:]) != stored.Digest || int64(len(body)) != stored.Size {
		t.Errorf("%s serves %d bytes of another digest than %s", stored.URL, len(body), stored.Digest)
	}
	if !strings.HasPrefix(stored.Path, "ocirepository/flux-system/activity/") {
		t.Errorf("path = %s", stored.Path)
	}
	if _, err := server.Store().Put("../outside", fstest.MapFS{}); err == nil {
		t.Error("an artifact was put outside the store")
	}
}
