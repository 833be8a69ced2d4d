//go:build unix

package main

import (
	"net/http"
	"syscall"
	"testing"
	"time"
)

// TestACtrlCLosesNoSession sends what a terminal sends, to the whole process
// group, while the provider is about to answer.
func TestACtrlCLosesNoSession(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	asked := make(chan struct{}, 100)
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool {
		asked <- struct{}{}
		time.Sleep(20 * time.Millisecond)
		return false
	})
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGKILL} {
		if err := place.SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
		cmd := b.command([]string{question(apiHost)}, "get-token", "--session", "s")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		waitForLock(t, place)
		token, err := place.Token()
		if err != nil || !token.Fresh(time.Now()) {
			t.Fatalf("%v: the renewed token was not saved: %v", signal, err)
		}
	}
	if n := b.server.Granted("refresh_token"); n != 4 {
		t.Errorf("%d renewals, want 4", n)
	}
}
