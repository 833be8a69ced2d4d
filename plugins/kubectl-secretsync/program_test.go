package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// program builds what a user gets.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubectl-secretsync")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return path
}

func TestSize(t *testing.T) {
	info, err := os.Stat(program(t))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 20<<20 {
		t.Errorf("the binary has %d MiB", info.Size()>>20)
	}
}

// fleet is a management cluster with one Secret, and targets to copy it to.
type fleet struct {
	dir     string
	source  *apitest.Server
	targets []*apitest.Server
	value   string
}

func newFleet(t *testing.T, targets int) *fleet {
	t.Helper()
	f := &fleet{dir: t.TempDir(), source: apitest.New(t), value: "hunter2-hunter2-hunter2"}
	f.source.Put("team", "app", map[string]any{
		"data":     map[string]any{"password": base64.StdEncoding.EncodeToString([]byte(f.value))},
		"metadata": map[string]any{"annotations": map[string]any{"example.com/note": "it is " + f.value}},
	})
	servers := map[string]*apitest.Server{"management": f.source}
	for i := range targets {
		f.targets = append(f.targets, apitest.New(t))
		servers[fmt.Sprintf("prod-%02d", i)] = f.targets[i]
	}
	if err := os.WriteFile(filepath.Join(f.dir, "kubeconfig"), kubeconfig(servers), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// command is a call in the fleet's folder, which is all the files it has.
func (f *fleet) command(t *testing.T, program string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd = exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, stdout, stderr
	cmd.Env = []string{"KUBECONFIG=" + filepath.Join(f.dir, "kubeconfig"), "HOME=" + f.dir, "TMPDIR=" + f.dir}
	return cmd, stdout, stderr
}

// slow makes every creation take so long, and calls reached at the nth of all.
func (f *fleet) slow(long time.Duration, nth int64, reached func()) {
	var count atomic.Int64
	for _, target := range f.targets {
		target.Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
			if stores(r) {
				if count.Add(1) == nth {
					reached()
				}
				time.Sleep(long)
			}
			return false
		})
	}
}

// stores tells of a request that creates a Secret.
func stores(r *http.Request) bool {
	return r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/secrets/") && r.URL.Query().Get("dryRun") == ""
}

// longer is more than the program is left for when an interrupted command says
// nothing of finishing.
const longer = time.Second

// copies counts the targets that have the Secret, and all that were created.
func (f *fleet) copies() (have, created int) {
	for _, target := range f.targets {
		if target.Get("team", "app") != nil {
			have++
		}
		created += target.Created()
	}
	return have, created
}

// TestKilled: a run that is killed in the middle leaves no target half done,
// and a second one completes it without doing anything twice.
func TestKilled(t *testing.T) {
	f, binary := newFleet(t, 30), program(t)
	reached := make(chan struct{})
	f.slow(50*time.Millisecond, 12, func() { close(reached) })
	cmd, _, _ := f.command(t, binary, "copy", "app", "--to-context", "prod-*", "--parallel", "4")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	cmd, stdout, stderr := f.command(t, binary, "copy", "app", "--to-context", "prod-*")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	// What was on its way when the first was killed may still have arrived.
	var rest, before int
	line := stdout.String()[max(0, strings.Index(stdout.String(), "30 targets: ")):]
	if n, err := fmt.Sscanf(line, "30 targets: %d created, %d unchanged", &rest, &before); n != 2 || rest+before != 30 || before == 0 {
		t.Errorf("%v: not killed in the middle, or not completed\n%s", err, stdout)
	}
	if have, created := f.copies(); have != 30 || created != 30 {
		t.Errorf("%d have it after %d creations", have, created)
	}
}

// TestCtrlC: an interrupt prints what was done and what was not.
func TestCtrlC(t *testing.T) {
	f, binary := newFleet(t, 30), program(t)
	reached := make(chan struct{})
	f.slow(longer, 8, func() { close(reached) })
	code, stdout, stderr := f.interrupted(t, binary, reached, "copy", "app", "--to-context", "prod-*", "--parallel", "4", "--audit-log", "audit")
	have, created := f.copies()
	done, left := strings.Count(stdout, "   created\n"), strings.Count(stdout, "not attempted  ")
	if code != 130 || have != created || left == 0 || done+left != 30 || !strings.Contains(stderr, "error: interrupted") {
		t.Errorf("exit code %d, %d created of %d, %d not attempted\n%s%s", code, done, created, left, stdout, stderr)
	}
	if want := fmt.Sprintf("30 targets: %d created, %d not attempted", have, 30-have); !strings.Contains(stdout, want) {
		t.Errorf("want %q\n%s", want, stdout)
	}
}

// interrupted runs the program and interrupts it once reached is closed.
func (f *fleet) interrupted(t *testing.T, binary string, reached <-chan struct{}, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd, out, said := f.command(t, binary, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// TestCtrlCDuringRecreate: an interrupt after the old Secret is deleted and
// before the new one is stored loses neither.
func TestCtrlCDuringRecreate(t *testing.T) {
	f, binary := newFleet(t, 2), program(t)
	for _, target := range f.targets {
		target.Put("team", "app", map[string]any{"type": "x/y", "data": map[string]any{"password": "eA=="}})
	}
	reached := make(chan struct{})
	f.slow(longer, 1, func() { close(reached) })
	code, stdout, stderr := f.interrupted(t, binary, reached, "copy", "app", "--to-context", "prod-*", "--parallel", "1", "--recreate", "--on-conflict", "overwrite")
	for i, want := range []string{"Opaque", "x/y"} {
		if object := f.targets[i].Get("team", "app"); object == nil || object["type"] != want {
			t.Errorf("target %d: %v, want type %s", i, object, want)
		}
	}
	if code != 130 || !strings.Contains(stdout, "2 targets: 1 not attempted, 1 recreated") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// TestCtrlCDuringDelete: what is being deleted is waited for and reported.
func TestCtrlCDuringDelete(t *testing.T) {
	f, binary := newFleet(t, 2), program(t)
	cmd, stdout, stderr := f.command(t, binary, "copy", "app", "--to-context", "prod-*")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	reached := make(chan struct{})
	f.targets[0].Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete {
			close(reached)
			time.Sleep(longer)
		}
		return false
	})
	code, out, said := f.interrupted(t, binary, reached, "delete", "app", "--to-context", "prod-*", "--parallel", "1")
	if code != 130 || !strings.Contains(out, "2 targets: 1 deleted, 1 not attempted") {
		t.Errorf("exit code %d\n%s%s", code, out, said)
	}
}

// TestNothingLeaks: whatever the command and however it ends, no value is in
// anything that was written: output, logs, audit log, any file.
func TestNothingLeaks(t *testing.T) {
	f, binary := newFleet(t, 4), program(t)
	// A value of the target's, which nobody here has ever read.
	const others = "0ld-and-unknown"
	echo := func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/secrets/") {
			var body bytes.Buffer
			_, _ = body.ReadFrom(r.Body)
			w.Header().Add("Warning", `299 - "I saw `+f.value+` instead of `+others+`"`)
			apitest.Refuse(w, http.StatusForbidden, "Forbidden", `admission webhook "w" denied the request: `+body.String()+f.value+" instead of "+others)
			return true
		}
		return false
	}
	f.targets[0].Break(echo)
	f.targets[1].Put("team", "app", map[string]any{"data": map[string]any{"password": "eA=="}})
	f.targets[2].Break(func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost || r.Method == http.MethodPatch {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	manifest := filepath.Join(f.dir, "manifest")
	for _, args := range []string{
		"copy app --to-context prod-* --timeout 1s --audit-log audit",
		"copy app --to-context prod-* --timeout 1s --audit-log audit -o json",
		"copy app --to-context prod-* --timeout 1s --audit-log audit --show-server-messages",
		"copy app --to-context prod-* --timeout 1s -o yaml --dry-run",
		"copy app --to-context prod-* --timeout 1s -o wide --dry-run=server",
		"copy app --to-context prod-01 --on-conflict overwrite --recreate --type x/y --timeout 1s",
		"copy app --to-context prod-* --key nope --timeout 1s",
		"copy -f manifest --to-context prod-* --timeout 1s",
		"copy -f broken --to-context prod-*",
		"diff app --to-context prod-*", "diff app --to-context prod-* -o json",
		"status app --to-context prod-* -o wide", "status app --to-context prod-* -o yaml",
		"copy app --to-context prod-* -v=10",
		"copy app --to-context prod-* --copy-annotations * --timeout 1s",
		"status app --to-context prod-* --orphans -o jsonpath={}", "status app --to-context prod-* -o name",
		"delete app --orphans --replaces-plan x -A --to-context prod-* --dry-run=server --audit-log audit",
		"delete app --to-context prod-* --audit-log audit -o json",
	} {
		manifests(t, f, manifest)
		cmd, stdout, stderr := f.command(t, binary, strings.Fields(args)...)
		_ = cmd.Run()
		f.grep(t, args+": stdout", stdout.String())
		f.grep(t, args+": stderr", stderr.String())
		if asked := strings.Contains(args, "--show-server-messages"); strings.Contains(stdout.String()+stderr.String(), others) != asked {
			t.Errorf("%s: the webhook's words were asked for: %v\n%s%s", args, asked, stdout, stderr)
		}
		_ = os.Remove(manifest)
		_ = os.Remove(filepath.Join(f.dir, "broken"))
		files := 0
		err := filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			text, err := os.ReadFile(path)
			f.grep(t, args+": "+path, string(text))
			if bytes.Contains(text, []byte(others)) {
				t.Errorf("%s quotes the webhook:\n%s", path, text)
			}
			return err
		})
		if err != nil || files == 0 {
			t.Fatalf("%d files, %v", files, err)
		}
	}
	for i, target := range f.targets {
		if object := target.Get("team", "app"); object != nil {
			f.grep(t, fmt.Sprintf("metadata in target %d", i), fmt.Sprint(object["metadata"]))
		}
	}
	if text, err := os.ReadFile(filepath.Join(f.dir, "audit")); err != nil || !bytes.Contains(text, []byte("denied the request (403 Forbidden)")) {
		t.Errorf("the audit log should name the webhook without its words: %v\n%s", err, text)
	}
}

// manifests writes a Secret with the value, and one that cannot be read.
func manifests(t *testing.T, f *fleet, path string) {
	t.Helper()
	good := "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData: {password: " + f.value + "}\n"
	for file, text := range map[string]string{path: good, filepath.Join(f.dir, "broken"): good + "data: {x: '" + f.value + "!'}\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *fleet) grep(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range []string{f.value, f.value[:12], base64.StdEncoding.EncodeToString([]byte(f.value))[:16], fmt.Sprintf("%x", f.value)[:16]} {
		if strings.Contains(text, form) {
			t.Errorf("%s holds the value:\n%s", where, text)
		}
	}
}
