package secretservice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Address is the address of a message bus at a local Unix socket. The zero
// Address is no address, and cannot be dialed.
type Address struct {
	// socket is a name as net.UnixAddr has it: an absolute path, or "@" and the
	// name of an abstract socket.
	socket string
}

// ParseAddress parses exactly one address of the form unix:path=/ABSOLUTE or
// unix:abstract=NAME, as in the D-Bus specification, "Server Addresses": values
// have %XX escapes, and other keys, such as guid, are ignored. Every other
// transport, a list of addresses, and the unix transport's keys for servers are
// errors that name the transport or the key, and show nothing else of the text.
func ParseAddress(text string) (Address, error) {
	transport, keys, found := strings.Cut(text, ":")
	switch {
	case text == "":
		return Address{}, errors.New("the address is empty")
	case strings.Contains(text, ";"):
		return Address{}, fmt.Errorf("a list of addresses, which starts with transport %s: only a single unix: address is used", shown(transport))
	case !found:
		return Address{}, errors.New("the address names no transport")
	case transport != "unix":
		return Address{}, fmt.Errorf("transport %s: only unix: is used, as no other proves whose bus it is", shown(transport))
	}
	return parseUnix(keys)
}

// parseUnix parses the keys of a unix address.
func parseUnix(keys string) (Address, error) {
	var address Address
	for pair := range strings.SplitSeq(keys, ",") {
		key, value, _ := strings.Cut(pair, "=")
		name, err := socketName(key, value)
		switch {
		case err != nil:
			return Address{}, fmt.Errorf("transport unix: %w", err)
		case name != "" && address.socket != "":
			return Address{}, errors.New("transport unix: more than one socket is named")
		case name != "":
			address.socket = name
		}
	}
	if address.socket == "" {
		return Address{}, errors.New("transport unix: neither path nor abstract is set")
	}
	return address, nil
}

// socketName returns the socket that a key names; "" if it names none.
func socketName(key, escaped string) (string, error) {
	switch key {
	case "path", "abstract":
	case "dir", "tmpdir", "runtime": // the specification has them for servers only
		return "", fmt.Errorf("key %s is for servers, not for clients", key)
	default:
		return "", nil
	}
	value, err := dbus.UnescapeBusAddressValue(escaped)
	switch {
	case err != nil:
		return "", fmt.Errorf("key %s: invalid %%XX escape", key)
	case value == "" || strings.ContainsRune(value, 0): // an empty abstract name has the kernel choose one
		return "", fmt.Errorf("key %s: invalid name", key)
	case key == "abstract":
		return "@" + value, nil
	case value[0] != '/':
		return "", errors.New("key path: the path is not absolute")
	}
	return value, nil
}

// shown returns a transport that is safe to print, however long.
func shown(transport string) string {
	if len(transport) > 32 {
		transport = transport[:32]
	}
	return fmt.Sprintf("%q", transport)
}

// String returns the address in the form that ParseAddress reads; "" for the
// zero Address.
func (a Address) String() string {
	if name, abstract := strings.CutPrefix(a.socket, "@"); abstract {
		return "unix:abstract=" + dbus.EscapeBusAddressValue(name)
	}
	if a.socket == "" {
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(a.socket)
}
