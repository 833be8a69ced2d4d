package main

import (
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// onSmallDisk puts the bed's home on a disk of its own.
func (b *bed) onSmallDisk() (disk string) {
	b.t.Helper()
	disk = filepath.Dir(b.home.Dir())
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=128k"); err != nil {
		b.t.Skip("a small disk cannot be mounted here (it takes root): ", err)
	}
	b.t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	return disk
}

// fill leaves so many bytes of a disk free; it returns how to make room again.
func fill(t *testing.T, disk string, free int) (empty func()) {
	t.Helper()
	path := filepath.Join(disk, "filling")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 4096); ; {
		if _, err := file.Write(block); err != nil {
			break
		}
	}
	if info, err := file.Stat(); err != nil || file.Truncate(info.Size()-int64(free)) != nil {
		t.Fatalf("fill the disk: %v", err)
	}
	return func() { _ = os.Remove(path) }
}

// TestAFullDiskDoesNotEndTheSession: nothing is asked of a server that would use
// up the refresh token.
func TestAFullDiskDoesNotEndTheSession(t *testing.T) {
	for kind, sign := range map[string]func(*bed) store.Place{
		"file":           func(b *bed) store.Place { return b.session("s", expired()) },
		"encrypted file": func(b *bed) store.Place { return b.encrypted("s") },
	} {
		t.Run(kind, func(t *testing.T) {
			b := newBed(t)
			disk := b.onSmallDisk()
			place := sign(b)
			held, err := place.TryLock() // the file is there, as after a renewal
			if err != nil {
				t.Fatal(err)
			}
			held.Release()
			before := b.server.Requests("/oauth/v2/token")
			empty := fill(t, disk, 0)
			b.run(with(passphrase), "get-token").wantFailure(t, 4, "session s is not renewed", "no space left")
			if n := b.server.Requests("/oauth/v2/token"); n != before {
				t.Errorf("%d requests", n-before)
			}
			empty()
			if r := b.run(with(passphrase), "get-token"); r.code != 0 || r.token() == "" {
				t.Errorf("afterwards: %+v", r)
			}
		})
	}
}

// TestADiskThatFillsUpDuringARenewal: the room for the new refresh token was
// reserved before.
func TestADiskThatFillsUpDuringARenewal(t *testing.T) {
	b := newBed(t)
	disk := b.onSmallDisk()
	place := b.encrypted("s")
	var empty func()
	b.server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/oauth/v2/token" && empty == nil {
			empty = fill(t, disk, 0)
		}
		return false
	})
	r := b.run([]string{question(apiHost), sealed.Variable + "=" + passphrase}, "get-token")
	if r.code != 0 || r.token() == "" || contains(r.said, "refresh token could not be saved") {
		t.Errorf("get-token: %+v", r)
	}
	if empty == nil {
		t.Fatal("the disk was not filled")
	}
	empty()
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run(with(passphrase), "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("with the new refresh token: %+v", r)
	}
}
