//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// nobody is the UID that a user namespace shows instead of every UID that
// it has no mapping for; see user_namespaces(7), "Unmapped user and group IDs".
const nobody = 65534

// dial connects to a bus that is this user's own, and signs in there. Nothing is
// sent to any other. The end of ctx breaks the connection.
func dial(ctx context.Context, address Address) (*dbus.Conn, error) {
	socket, err := dialOwn(ctx, address)
	if err != nil {
		return nil, err
	}
	conn, err := signIn(socket)
	if err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("sign in to the session bus: %w", err)
	}
	return conn, nil
}

// dialOwn connects to a socket, and returns the connection if its peer is a
// process of this user's.
func dialOwn(ctx context.Context, address Address) (net.Conn, error) {
	if address.socket == "" {
		return nil, ErrNoBus
	}
	if strings.HasPrefix(address.socket, "@") && runtime.GOOS != "linux" {
		return nil, errors.New("abstract sockets exist on Linux only")
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", address.socket)
	if err != nil {
		return nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	if err := verify(conn); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%w: %s: %w", ErrForeignBus, address, err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, nil
}

// verify returns nil if the peer of a connection is a process of this user's.
func verify(conn net.Conn) error {
	socket, is := conn.(*net.UnixConn)
	if !is {
		return fmt.Errorf("a connection of type %T has no peer that can be verified", conn)
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	var uid uint32
	var failed error
	if err := raw.Control(func(fd uintptr) { uid, failed = peer(int(fd)) }); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return compare(int64(uid), int64(os.Geteuid()))
}

// compare returns nil if the peer's UID proves that it is this user's. The UID
// of nobody proves nothing, not even to nobody.
func compare(peer, own int64) error {
	switch {
	case peer == nobody:
		return fmt.Errorf("its owner is user %d (nobody): a user namespace, as containers have, shows all users from outside it so, "+
			"and the bus cannot be verified from in here", peer)
	case peer != own:
		return fmt.Errorf("its owner is user %d, and this process runs as user %d", peer, own)
	}
	return nil
}

// signIn does the handshake of a bus with the mechanism EXTERNAL.
func signIn(socket net.Conn) (*dbus.Conn, error) {
	conn, err := dbus.NewConn(socket)
	if err != nil {
		return nil, err
	}
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := conn.Hello(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
