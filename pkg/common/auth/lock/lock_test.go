package lock

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// holderVariable makes this test binary a process that holds a lock.
const holderVariable = "LOCK_TEST_HOLD"

func TestMain(m *testing.M) {
	switch path := os.Getenv(holderVariable); path {
	case "":
		m.Run()
		return
	case "inherited":
		Inherited(3).Sign()
	default:
		if _, err := Try(path); err != nil {
			panic(err)
		}
	}
	os.Stdout.WriteString("holding\n")
	time.Sleep(time.Minute)
}

// hold starts a process that holds the lock, and returns when it does.
func hold(t *testing.T, path string, extra ...*os.File) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderVariable+"="+path)
	cmd.ExtraFiles = extra
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "holding\n" {
		t.Fatalf("holder says %q, %v", line, err)
	}
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestDeadHolderIsNoProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder := hold(t, path)
	if _, err := Try(path); !errors.Is(err, ErrTaken) {
		t.Fatalf("Try = %v, want ErrTaken", err)
	}
	kill(t, holder)
	l, err := Try(path)
	if err != nil {
		t.Fatalf("Try after the holder died = %v", err)
	}
	l.Release()
}

func TestChildKeepsTheLock(t *testing.T) {
	if !Transferable {
		t.Skip("locks cannot be handed over on this system")
	}
	path := filepath.Join(t.TempDir(), "lock")
	l, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	child := hold(t, "inherited", l.File())
	l.Release()
	if _, err := Try(path); !errors.Is(err, ErrTaken) {
		t.Fatalf("Try = %v, want ErrTaken: the child holds the lock", err)
	}
	kill(t, child)
	if l, err = Try(path); err != nil {
		t.Fatalf("Try after the child died = %v", err)
	}
	l.Release()
}

func TestTwoOfOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Try(path); !errors.Is(err, ErrTaken) {
		t.Fatalf("second Try = %v, want ErrTaken", err)
	}
	first.Release()
	second, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}

func TestHolderIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if got := Holder(path); got != "another process" {
		t.Errorf("Holder of no file = %q", got)
	}
	holder := hold(t, path)
	want := "process " + strconv.Itoa(holder.Process.Pid)
	if name := filepath.Base(os.Args[0]); runtime.GOOS == "linux" {
		want += " (" + name + ")"
	}
	if got := Holder(path); got != want {
		t.Errorf("Holder = %q, want %q", got, want)
	}
	for _, content := range []string{"", "x", "-4", "99999999999999999999999", "0\n"} {
		other := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(other, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Holder(other); got != "another process" {
			t.Errorf("Holder of %q = %q", content, got)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2J\nb\xff" + strings.Repeat("c", 100)); got != "a[2Jb"+strings.Repeat("c", 59) {
		t.Errorf("printable = %q", got)
	}
}

// TestAChildSigns: who was handed the lock is who is waited for.
func TestAChildSigns(t *testing.T) {
	if !Transferable {
		t.Skip("locks cannot be handed over on this system")
	}
	path := filepath.Join(t.TempDir(), "lock")
	l, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	child := hold(t, "inherited", l.File())
	if got := Holder(path); !strings.HasPrefix(got, "process "+strconv.Itoa(child.Process.Pid)) {
		t.Errorf("Holder = %q, want the child", got)
	}
}
