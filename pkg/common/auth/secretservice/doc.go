// Package secretservice is a client of the Secret Service, the keyring of Linux
// and BSD desktops, on a session bus that is proven to be the user's own.
//
// It is given the address of the bus. It reads no variable and starts no
// program, and it sends nothing before the kernel has reported that the process
// at the other end of the connection is the user's.
//
// The protocol is the Secret Service API of freedesktop.org, draft 0.2, with
// the algorithm "plain". Items are those of github.com/zalando/go-keyring
// v0.2.8: each client finds what the other has stored.
package secretservice

import "errors"

var (
	// ErrNoItem means that the keyring has no such item.
	ErrNoItem = errors.New("no such item in the keyring")
	// ErrDismissed means that the user closed the keyring's prompt. Nothing was
	// unlocked, stored or deleted.
	ErrDismissed = errors.New("the keyring's prompt was dismissed")
	// ErrNoBus means that there is no session bus that can be verified.
	ErrNoBus = errors.New("no session bus can be verified")
	// ErrForeignBus means that the bus cannot be proven to be the user's own.
	ErrForeignBus = errors.New("not a session bus of this user")
)
