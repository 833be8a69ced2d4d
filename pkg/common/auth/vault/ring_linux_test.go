package vault

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice/bustest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// system returns the keyring on a bus, whatever bus the user of this machine
// has.
func system(t testing.TB, bus string) System {
	t.Helper()
	return System{Bus: bus, runtimeDirs: t.TempDir()}
}

func TestSystemIsAKeyring(t *testing.T) {
	ring := system(t, bustest.Keyring(t))
	if err := Probe(ring); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Get("id"); !errors.Is(err, ErrNone) {
		t.Errorf("Get of nothing = %v, want ErrNone", err)
	}
	if err := ring.Delete("id"); !errors.Is(err, ErrNone) {
		t.Errorf("Delete of nothing = %v, want ErrNone", err)
	}
	v, long := ringVault{ring, "id"}, strings.Repeat("s", 5000)
	for _, want := range []string{"first", long, "third"} {
		if err := v.Save(secret.New(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Load(); err != nil || got.Reveal() != want {
			t.Fatalf("Load = %d bytes, %v; want %d", len(got.Reveal()), err, len(want))
		}
	}
	if err := v.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Load(); !errors.Is(err, ErrNone) {
		t.Errorf("Load after Remove = %v, want ErrNone", err)
	}
}

// TestALockedSystemKeyring: what could not be stored is never reported as
// stored.
func TestALockedSystemKeyring(t *testing.T) {
	bus := bustest.Keyring(t)
	v := ringVault{system(t, bus), "id"}
	if err := v.Save(secret.New("text")); err != nil {
		t.Fatal(err)
	}
	bustest.Lock(t, bus)
	_, errLoad := v.Load()
	for call, err := range map[string]error{"Load": errLoad, "Save": v.Save(secret.New("new")), "Remove": v.Remove(), "Probe": Probe(v.ring)} {
		if !errors.Is(err, secretservice.ErrDismissed) || failure.CodeOf(err) != failure.Unable || !strings.Contains(hint(err), "unlock the keyring") {
			t.Errorf("%s = %v (%s), hint %q", call, err, failure.CodeOf(err), hint(err))
		}
	}
}

func hint(err error) string {
	var p *failure.Error
	if !errors.As(err, &p) {
		return ""
	}
	return p.Hint
}

func TestSystemPrefersTheRuntimeDirectory(t *testing.T) {
	dirs := t.TempDir()
	address, err := secretservice.ParseAddress(bustest.Keyring(t))
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(address.String(), "unix:path=")
	own := filepath.Join(dirs, strconv.Itoa(os.Geteuid()))
	if err := errors.Join(os.Mkdir(own, 0o700), os.Symlink(path, filepath.Join(own, "bus"))); err != nil {
		t.Fatal(err)
	}
	for _, bus := range []string{"", "unix:path=" + filepath.Join(dirs, "no-bus"), "autolaunch:"} {
		if err := Probe(System{Bus: bus, runtimeDirs: dirs}); err != nil {
			t.Errorf("with Bus %q: %v", bus, err)
		}
	}
}

// watched is a listener that reports whether somebody has connected.
type watched struct{ net.Listener }

func watch(t testing.TB, network, address string) watched {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return watched{listener}
}

// untouched reports whether a connection that it makes now is the first one.
func (w watched) untouched(t testing.TB) bool {
	t.Helper()
	var dialer net.Dialer
	if at, local := w.Addr().(*net.UnixAddr); local { // whose clients have no address unless they choose one
		dialer.LocalAddr = &net.UnixAddr{Net: at.Net, Name: at.Name + "-own"}
	}
	own, err := dialer.Dial(w.Addr().Network(), w.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	first, err := w.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	return first.RemoteAddr().String() == own.LocalAddr().String()
}

// TestNoForeignBusIsTouched: whatever the variable says, nothing is dialed and
// no program runs.
func TestNoForeignBusIsTouched(t *testing.T) {
	dir := t.TempDir()
	marker := filepath.Join(dir, "ran")
	for _, program := range []string{"dbus-launch", "evil"} {
		text := "#!/bin/sh\necho ran >" + marker + "\necho DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere\n"
		if err := os.WriteFile(filepath.Join(dir, program), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	nonce := filepath.Join(dir, "nonce")
	if err := os.WriteFile(nonce, bytes.Repeat([]byte("n"), 16), 0o600); err != nil {
		t.Fatal(err)
	}
	tcp, local := watch(t, "tcp", "127.0.0.1:0"), watch(t, "unix", filepath.Join(dir, "bus"))
	_, port, _ := net.SplitHostPort(tcp.Addr().String())
	overTCP, overUnix := "tcp:host=127.0.0.1,port="+port, "unix:path="+filepath.Join(dir, "bus")
	for _, bus := range []string{
		"", overTCP, "nonce-" + overTCP + ",noncefile=" + nonce, "autolaunch:", "autolaunch:scope=*user",
		"unixexec:path=" + filepath.Join(dir, "evil"), "launchd:env=X", "systemd:", "runtime:", "tmpdir:",
		overTCP + ";" + overUnix, overUnix + ";" + overTCP, "unix:path=bus", "unix:runtime=yes", "nonsense",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
		err := Probe(system(t, bus))
		if !errors.Is(err, secretservice.ErrNoBus) || failure.CodeOf(err) != failure.Unable || !strings.Contains(hint(err), "--storage encrypted-file") {
			t.Errorf("with Bus %q: %v (%s), hint %q", bus, err, failure.CodeOf(err), hint(err))
		}
		if got := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); got != bus {
			t.Errorf("with Bus %q the variable is %q afterwards", bus, got)
		}
	}
	// The variable itself is read by nobody.
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", overUnix)
	if err := Probe(system(t, "")); !errors.Is(err, secretservice.ErrNoBus) {
		t.Errorf("with the variable only: %v", err)
	}
	if !tcp.untouched(t) || !local.untouched(t) {
		t.Error("somebody has connected to a listener")
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("a program ran")
	}
}

// TestLinuxLinksNoGoKeyring: it dials what the variable says.
func TestLinuxLinksNoGoKeyring(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "zalando/go-keyring") || !strings.Contains(string(out), "auth/secretservice\n") {
		t.Errorf("linked:\n%s", out)
	}
}
