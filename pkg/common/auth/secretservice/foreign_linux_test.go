package secretservice

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice/bustest"
)

// Variables that make this test binary another program.
const (
	listenVariable = "SECRETSERVICE_TEST_LISTEN" // listens at this socket
	dialVariable   = "SECRETSERVICE_TEST_DIAL"   // dials this address
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(listenVariable) != "":
		os.Exit(listen(os.Getenv(listenVariable)))
	case os.Getenv(dialVariable) != "":
		os.Exit(dialOnce(os.Getenv(dialVariable)))
	}
	os.Exit(m.Run())
}

// listen accepts one connection, and prints the first line that it receives.
func listen(socket string) int {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if socket[0] != '@' {
		if err := os.Chmod(socket, 0o777); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	fmt.Println("ready")
	conn, err := listener.Accept()
	if err != nil {
		return 1
	}
	received, err := bufio.NewReader(conn).ReadString('\n')
	fmt.Printf("received %q, %v\n", received, err)
	return 0
}

// dialOnce prints what a client says of the bus at an address.
func dialOnce(address string) int {
	bus, err := ParseAddress(address)
	if err == nil {
		_, err = Client{Bus: bus}.Get(context.Background(), Item{"app", "id"})
	}
	fmt.Printf("foreign %t: %v\n", errors.Is(err, ErrForeignBus), err)
	return 0
}

// binary returns a copy of this test binary that every user may run.
func binary(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(openDir(t), "test")
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// asNobody are the attributes of a process of another user; the test is skipped
// where it may start none.
func asNobody(t testing.TB) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run a program as another user")
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// listener starts this test binary as a listener, and returns its output from
// behind the first line, which must be "ready".
func listener(t testing.TB, socket string, attributes *syscall.SysProcAttr) *bufio.Reader {
	t.Helper()
	cmd := exec.Command(binary(t))
	cmd.Env, cmd.SysProcAttr = []string{listenVariable + "=" + socket}, attributes
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	bustest.Start(t, cmd)
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("the listener says %q, %v", line, err)
	}
	return lines
}

// TestAListenerOfAnotherUserGetsNothing: everybody may listen on any abstract
// name, and at a path in /tmp.
func TestAListenerOfAnotherUserGetsNothing(t *testing.T) {
	dir := openDir(t)
	for address, socket := range map[string]string{
		"unix:path=" + dir + "/bus":     dir + "/bus",
		"unix:abstract=" + dir + "/bus": "@" + dir + "/bus",
	} {
		received := listener(t, socket, asNobody(t))
		err := calls(client(t, address))["Set"](soon(t))
		if !errors.Is(err, ErrForeignBus) || !strings.Contains(err.Error(), "user namespace") {
			t.Errorf("%s: Set = %v, want ErrForeignBus", address, err)
		}
		if line, err := received.ReadString('\n'); line != "received \"\", EOF\n" {
			t.Errorf("%s: the listener %s, %v", address, line, err)
		}
	}
}

// TestAListenerOfOwnGetsAuth shows that the listener is not deaf.
func TestAListenerOfOwnGetsAuth(t *testing.T) {
	dir := openDir(t)
	received := listener(t, dir+"/bus", nil)
	if err := calls(client(t, "unix:path="+dir+"/bus"))["Get"](soon(t)); err == nil || errors.Is(err, ErrForeignBus) {
		t.Errorf("Get from a listener that hangs up = %v", err)
	}
	if line, err := received.ReadString('\n'); line != "received \"\\x00AUTH\\r\\n\", <nil>\n" {
		t.Errorf("the listener %s, %v", line, err)
	}
}

func TestABusOfAnotherUser(t *testing.T) {
	address := bustest.Bus(t, asNobody(t).Credential)
	connectable := exec.Command(binary(t)) // the bus does let its own user in
	connectable.SysProcAttr = asNobody(t)
	connectable.Env = []string{dialVariable + "=" + address}
	if out, err := connectable.CombinedOutput(); err != nil || !strings.Contains(string(out), "foreign true") {
		t.Errorf("as nobody, whose UID proves nothing: %s, %v", out, err)
	}
	for call, do := range calls(client(t, address)) {
		if err := do(soon(t)); !errors.Is(err, ErrForeignBus) {
			t.Errorf("%s = %v, want ErrForeignBus", call, err)
		}
	}
}

// openBus is a bus of this user's at a path that every user can reach.
func openBus(t testing.TB) string {
	t.Helper()
	address := bustest.Bus(t, nil)
	parsed, err := ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(parsed.socket), 0o755); err != nil {
		t.Fatal(err)
	}
	return address
}

// TestAnotherUserAtABus is the case of a process without rights.
func TestAnotherUserAtABus(t *testing.T) {
	const other = 65533
	asNobody(t)
	cmd := exec.Command(binary(t))
	cmd.Env = []string{dialVariable + "=" + openBus(t)}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: other, Gid: other}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "foreign true") || !strings.Contains(string(out), "owner is user 0, and this process runs as user 65533") {
		t.Errorf("%s, %v", out, err)
	}
}

// TestABusOutsideOfTheUserNamespace: its owner is shown as nobody.
func TestABusOutsideOfTheUserNamespace(t *testing.T) {
	const inside, outside = 0, 65533
	asNobody(t)
	cmd := exec.Command(binary(t))
	cmd.Env = []string{dialVariable + "=" + openBus(t)}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		Credential:  &syscall.Credential{Uid: inside, Gid: inside},
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: outside, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: outside, Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Skip("no user namespace can be made here: ", err)
	}
	if err != nil || !strings.Contains(string(out), "foreign true") || !strings.Contains(string(out), "user namespace") {
		t.Errorf("%s, %v", out, err)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		peer, own int64
		same      bool
	}{
		{0, 0, true},
		{1000, 1000, true},
		{0, 1000, false},
		{1000, 0, false},
		{1000, 1001, false},
		{nobody, nobody, false},
		{nobody, 0, false},
		{4294967295, -1, false},
	} {
		if err := compare(c.peer, c.own); (err == nil) != c.same {
			t.Errorf("a bus of user %d for user %d: %v", c.peer, c.own, err)
		}
	}
}

func TestTheZeroAddress(t *testing.T) {
	for call, do := range calls(Client{}) {
		if err := do(soon(t)); !errors.Is(err, ErrNoBus) {
			t.Errorf("%s = %v, want ErrNoBus", call, err)
		}
	}
}
