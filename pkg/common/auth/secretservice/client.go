//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"fmt"
)

// Item names an item of the keyring, by the attributes that go-keyring gives to
// its items.
type Item struct {
	// Service is the application that the item belongs to.
	Service string
	// Username tells the items of a service apart.
	Username string
}

// attributes are those of keyring_unix.go in go-keyring v0.2.8.
func (i Item) attributes() map[string]string {
	return map[string]string{"service": i.Service, "username": i.Username}
}

// label is what a keyring's own window shows; the text is go-keyring's.
func (i Item) label() string { return fmt.Sprintf("Password for '%s' on '%s'", i.Username, i.Service) }

// Client is a client of the Secret Service on the bus at an address. Each call
// has a connection of its own, and ends with the context: then the error is the
// context's cause, and a change may have been made or not. An error is
// ErrForeignBus if nothing was sent because the bus is not this user's, and
// ErrDismissed if the user closed a prompt.
type Client struct {
	Bus Address
}

// Get returns the text of an item, or ErrNoItem. The keyring may prompt the user
// to unlock it.
func (c Client) Get(ctx context.Context, item Item) (string, error) {
	var text string
	err := c.in(ctx, func(s service, in collection) (err error) {
		text, err = s.get(ctx, in, item)
		return err
	})
	return text, err
}

// Set stores an item, in the place of the one of that name. The keyring may
// prompt the user.
func (c Client) Set(ctx context.Context, item Item, text string) error {
	return c.in(ctx, func(s service, in collection) error { return s.set(ctx, in, item, text) })
}

// Delete deletes an item, or returns ErrNoItem. The keyring may prompt the user.
func (c Client) Delete(ctx context.Context, item Item) error {
	return c.in(ctx, func(s service, in collection) error { return s.remove(ctx, in, item) })
}

// in connects, and calls a function with the collection that items are kept in,
// unlocked.
func (c Client) in(ctx context.Context, do func(service, collection) error) error {
	err := c.connected(ctx, func(s service) error {
		in, err := s.collection(ctx)
		if err == nil {
			err = s.unlock(ctx, in)
		}
		if err != nil {
			return err
		}
		return do(s, in)
	})
	if err != nil && ctx.Err() != nil { // which broke the connection
		return context.Cause(ctx)
	}
	return err
}

func (c Client) connected(ctx context.Context, do func(service) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := dial(ctx, c.Bus)
	if err != nil {
		return err
	}
	err = do(service{conn})
	_ = conn.Close() // the service ends the session with the connection
	return err
}
