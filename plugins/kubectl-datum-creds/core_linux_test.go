package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// cores returns the core files in a folder.
func cores(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "core*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestNoCoreIsLeft: GOTRACEBACK=crash, which the runtime reads before main, asks
// for one on SIGQUIT, with the tokens in it.
func TestNoCoreIsLeft(t *testing.T) {
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil || strings.ContainsAny(string(pattern), "|/") {
		t.Skipf("cores do not go into the working folder of this machine's programs: %s", pattern)
	}
	unlimited := []string{"-c", `ulimit -c unlimited && exec "$@"`, "sh"}
	control := exec.Command("/bin/sh", append(unlimited, "/bin/sh", "-c", "kill -QUIT $$")...)
	control.Dir = t.TempDir()
	if _ = control.Run(); len(cores(t, control.Dir)) == 0 {
		t.Skip("a program that ends by SIGQUIT leaves no core here")
	}
	b := newBed(t)
	b.session("s", expired())
	asked := make(chan struct{}, 10)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { asked <- struct{}{}; <-over; return true })
	cmd := exec.Command("/bin/sh", append(unlimited, plugin, "get-token", "-o", "json")...)
	cmd.Dir, cmd.Env = t.TempDir(), slices.Concat(b.env, []string{"GOTRACEBACK=crash"})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	renewing := children(t, cmd.Process.Pid)
	for _, pid := range append(renewing, cmd.Process.Pid) {
		if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
			t.Error(err)
		}
	}
	_ = cmd.Wait()
	if found := cores(t, cmd.Dir); len(found) > 0 || len(renewing) == 0 {
		t.Errorf("%d children, and left behind: %v", len(renewing), found)
	}
}

// children returns the processes that a process has started.
func children(t *testing.T, pid int) (all []int) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tasks {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has ended
		}
		for _, field := range strings.Fields(string(content)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, child)
		}
	}
	return all
}
