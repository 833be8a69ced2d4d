//go:build unix

package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
)

// TestAStoppedRenewalIsNamed stops the process that renews a session: it holds
// the lock and does nothing. All others end by their deadline, and say who is
// in the way.
func TestAStoppedRenewalIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the deadline, 25 s")
	}
	t.Parallel()
	b := newBed(t)
	place := b.session("s", expired())
	asked, over := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(over) })
	b.server.SetFault(func(_ http.ResponseWriter, _ *http.Request, n int) bool {
		if n == 1 {
			close(asked)
		}
		<-over
		return true
	})
	first := b.command([]string{question(apiHost)}, "get-token")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	holder := lock.Holder(place.LockPath())
	pid, err := strconv.Atoi(strings.Fields(holder)[1])
	if err != nil || pid == first.Process.Pid {
		t.Fatalf("the lock is held by %s, want a process of its own", holder)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL); _ = first.Wait() })
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			r := b.run([]string{question(apiHost)}, "get-token")
			// One that comes to its end after the first has its words.
			r.wantFailure(t, 4, "process "+strconv.Itoa(pid), "does not finish")
			if !contains(r.said, "waiting for "+holder) {
				t.Errorf("nobody is named while waiting:\n%s", r.said)
			}
		})
	}
	all.Wait()
	b.server.SetFault(nil)
	if r := b.run(nil, "doctor"); !contains(r.out, holder+" renews it now") {
		t.Errorf("doctor: %s", r.out)
	}
}
