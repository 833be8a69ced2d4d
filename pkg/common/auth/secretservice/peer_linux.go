package secretservice

import "golang.org/x/sys/unix"

// peer returns the effective UID that the other end of a connection had when it
// started to listen; see unix(7), SO_PEERCRED.
func peer(fd int) (uint32, error) {
	credentials, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, err
	}
	return credentials.Uid, nil
}
