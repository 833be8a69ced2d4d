//go:build unix

package handover

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// own is a descriptor of the file that readKey may close.
func own(t *testing.T, file *os.File) uintptr {
	t.Helper()
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	return uintptr(fd)
}

func TestReadKey(t *testing.T) {
	pipe, err := piped(secret.New("a-\x00-key"))
	if err != nil {
		t.Fatal(err)
	}
	if key, err := readKey(own(t, pipe)); err != nil || key.Reveal() != "a-\x00-key" {
		t.Errorf("readKey = %v", err)
	}
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.WriteString("not base64!"); err != nil {
		t.Fatal(err)
	}
	_ = to.Close()
	if _, err := readKey(own(t, from)); !errors.Is(err, errKey) || strings.Contains(err.Error(), "not base64") {
		t.Errorf("readKey = %v", err)
	}
	if _, err := readKey(9999); err == nil {
		t.Error("readKey of no pipe succeeds")
	}
}
