package signin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// visitVariable makes this test binary a program that asks an address.
const visitVariable = "SIGNIN_TEST_VISIT"

func TestMain(m *testing.M) {
	if address := os.Getenv(visitVariable); address != "" {
		resp, err := http.Get(address)
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(os.Stdout, resp.Body)
		return
	}
	m.Run()
}

// TestAnotherUserIsAStranger asks as this user, and where tests run as root as
// nobody.
func TestAnotherUserIsAStranger(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if stranger(r) {
			_, _ = io.WriteString(w, "stranger")
		}
	}))
	t.Cleanup(server.Close)
	visit := func(as *syscall.Credential) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
		cmd.Env = []string{visitVariable + "=" + server.URL}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := visit(nil); got != "" {
		t.Errorf("this user is taken for a %s", got)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can ask as another user")
	}
	if got := visit(&syscall.Credential{Uid: 65534, Gid: 65534}); got != "stranger" {
		t.Errorf("another user is taken for this one: %q", got)
	}
}

func TestOwner(t *testing.T) {
	from, to := netip.MustParseAddrPort("127.0.0.1:41000"), netip.MustParseAddrPort("127.0.0.1:8080")
	line := func(local, remote, uid string) string {
		return "   0: " + local + " " + remote + " 01 00000000:00000000 00:00000000 00000000  " + uid + "        0 1 1 0 20 4 30 10 -1\n"
	}
	head := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	for name, c := range map[string]struct {
		table string
		uid   int
		found bool
	}{
		"there":          {head + line(inTable(to), inTable(from), "7") + line(inTable(from), inTable(to), "1000"), 1000, true},
		"the other end":  {head + line(inTable(to), inTable(from), "7"), 0, false},
		"none":           {head, 0, false},
		"empty":          {"", 0, false},
		"cut":            {head + strings.TrimSpace(line(inTable(from), inTable(to), "1000"))[:40], 0, false},
		"not a number":   {head + line(inTable(from), inTable(to), "root"), 0, false},
		"an address off": {head + line("0200007F:A028", inTable(to), "1000"), 0, false},
	} {
		if uid, found := owner(c.table, from, to); uid != c.uid || found != c.found {
			t.Errorf("%s: owner = %d, %v", name, uid, found)
		}
	}
}
