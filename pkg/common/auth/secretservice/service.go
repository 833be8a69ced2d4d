//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/godbus/dbus/v5"
)

// Names of the Secret Service API.
const (
	busName    = "org.freedesktop.secrets"
	root       = dbus.ObjectPath("/org/freedesktop/secrets")
	login      = root + "/collection/login"
	none       = dbus.ObjectPath("/")
	interfaces = "org.freedesktop.Secret."
)

// collection is the path of a keyring within the service.
type collection = dbus.ObjectPath

// service is the Secret Service at the other end of a connection.
type service struct {
	conn *dbus.Conn
}

// call calls a method of an object, and stores its results.
func (s service) call(ctx context.Context, on dbus.ObjectPath, method string, arguments []any, results ...any) error {
	err := s.conn.Object(busName, on).CallWithContext(ctx, method, 0, arguments...).Store(results...)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// collection returns the path of the collection "login", or of the default one
// where there is none, as go-keyring chooses.
func (s service) collection(ctx context.Context) (collection, error) {
	var found dbus.Variant
	if err := s.call(ctx, root, "org.freedesktop.DBus.Properties.Get", []any{interfaces + "Service", "Collections"}, &found); err != nil {
		return "", err
	}
	if paths, _ := found.Value().([]dbus.ObjectPath); slices.Contains(paths, login) {
		return login, nil
	}
	var path dbus.ObjectPath
	if err := s.call(ctx, root, interfaces+"Service.ReadAlias", []any{"default"}, &path); err != nil {
		return "", err
	}
	if path == none {
		return "", errors.New("there is no keyring named login, and no default keyring")
	}
	return path, nil
}

// unlock unlocks a collection or an item.
func (s service) unlock(ctx context.Context, path dbus.ObjectPath) error {
	var unlocked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	if err := s.call(ctx, root, interfaces+"Service.Unlock", []any{[]dbus.ObjectPath{path}}, &unlocked, &prompt); err != nil {
		return err
	}
	if prompt != none {
		result, err := s.prompt(ctx, prompt)
		if err != nil {
			return err
		}
		unlocked, _ = result.Value().([]dbus.ObjectPath)
	}
	if !slices.Contains(unlocked, path) {
		return fmt.Errorf("the keyring did not unlock %s", path)
	}
	return nil
}

// session opens a session in which secrets are sent as they are: the bus is the
// user's own.
func (s service) session(ctx context.Context) (dbus.ObjectPath, error) {
	var output dbus.Variant
	var path dbus.ObjectPath
	err := s.call(ctx, root, interfaces+"Service.OpenSession", []any{"plain", dbus.MakeVariant("")}, &output, &path)
	return path, err
}

// find returns the items of a name, of which there is at least one, or
// ErrNoItem.
func (s service) find(ctx context.Context, in collection, item Item) ([]dbus.ObjectPath, error) {
	var found []dbus.ObjectPath
	err := s.call(ctx, in, interfaces+"Collection.SearchItems", []any{item.attributes()}, &found)
	if err == nil && len(found) == 0 {
		err = ErrNoItem
	}
	return found, err
}
