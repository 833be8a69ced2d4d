//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// RuntimeDirs is where systemd-logind keeps a directory for each user who is
// logged in; see pam_systemd(8).
const RuntimeDirs = "/run/user"

// Choose returns the address of a user's session bus: the socket
// RUNTIMEDIRS/UID/bus if the user owns it, else the address given, which the
// caller has proven to be the user's own or left empty. It returns ErrNoBus if
// there is neither, and the error of ParseAddress for an address that is
// refused. It connects to nothing.
func Choose(runtimeDirs string, uid int, given string) (Address, error) {
	path := filepath.Join(runtimeDirs, strconv.Itoa(uid), "bus")
	missing := ownSocket(path, uid)
	if missing == nil {
		return Address{socket: path}, nil
	}
	if given == "" {
		return Address{}, fmt.Errorf("%w: %w, and no other address is known to be this user's own; "+
			"a login that systemd-logind manages, in a terminal or over SSH, starts a bus, while su, sudo and cron do not", ErrNoBus, missing)
	}
	address, err := ParseAddress(given)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %w, and the address given is refused: %w", ErrNoBus, missing, err)
	}
	return address, nil
}

// ownSocket returns nil if the path is a socket of the user's.
func ownSocket(path string, uid int) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is not a socket", path)
	}
	if stat, known := info.Sys().(*syscall.Stat_t); !known || int64(stat.Uid) != int64(uid) {
		return fmt.Errorf("%s belongs to another user", path)
	}
	return nil
}
