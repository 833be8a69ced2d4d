package signin

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// stranger reports whether a request on the loopback interface is another user's.
// Root is none: it is who forwards ports, from a virtual machine or to one.
func stranger(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	ours, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return false
	}
	theirs, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	table := "/proc/net/tcp"
	if theirs.Addr().Is6() {
		table = "/proc/net/tcp6"
	}
	content, err := os.ReadFile(table)
	if err != nil {
		return false
	}
	uid, found := owner(string(content), theirs, ours)
	return found && uid != 0 && uid != os.Geteuid()
}

// owner finds the user whose socket is connected from one address to another in
// a table of the kernel's (Documentation/networking/proc_net_tcp.rst).
func owner(table string, from, to netip.AddrPort) (uid int, found bool) {
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[1] != inTable(from) || fields[2] != inTable(to) {
			continue
		}
		uid, err := strconv.Atoi(fields[7])
		return uid, err == nil
	}
	return 0, false
}

// inTable is an address as the table has it: words in the machine's byte order.
func inTable(a netip.AddrPort) string {
	var text strings.Builder
	bytes := a.Addr().AsSlice()
	for ; len(bytes) >= 4; bytes = bytes[4:] {
		fmt.Fprintf(&text, "%08X", binary.NativeEndian.Uint32(bytes))
	}
	return fmt.Sprintf("%s:%04X", text.String(), a.Port())
}
