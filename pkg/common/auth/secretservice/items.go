//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

// secret is the API's structure Secret.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// get returns the text of an item in an unlocked collection.
func (s service) get(ctx context.Context, in collection, item Item) (string, error) {
	found, err := s.find(ctx, in, item)
	if err != nil {
		return "", err
	}
	if err := s.unlock(ctx, found[0]); err != nil {
		return "", err
	}
	session, err := s.session(ctx)
	if err != nil {
		return "", err
	}
	var got secret
	err = s.call(ctx, found[0], interfaces+"Item.GetSecret", []any{session}, &got)
	return string(got.Value), err
}

// set stores an item in an unlocked collection.
func (s service) set(ctx context.Context, in collection, item Item, text string) error {
	session, err := s.session(ctx)
	if err != nil {
		return err
	}
	properties := map[string]dbus.Variant{
		interfaces + "Item.Label":      dbus.MakeVariant(item.label()),
		interfaces + "Item.Attributes": dbus.MakeVariant(item.attributes()),
	}
	content := secret{Session: session, Parameters: []byte{}, Value: []byte(text), ContentType: "text/plain; charset=utf8"}
	var stored, prompt dbus.ObjectPath
	const replace = true
	if err := s.call(ctx, in, interfaces+"Collection.CreateItem", []any{properties, content, replace}, &stored, &prompt); err != nil {
		return err
	}
	if prompt != none {
		result, err := s.prompt(ctx, prompt)
		if err != nil {
			return err
		}
		stored, _ = result.Value().(dbus.ObjectPath)
	}
	if stored == none || stored == "" {
		return errors.New("the keyring stored nothing")
	}
	return nil
}

// remove deletes all items of a name: a service may have kept several.
func (s service) remove(ctx context.Context, in collection, item Item) error {
	found, err := s.find(ctx, in, item)
	if err != nil {
		return err
	}
	for _, path := range found {
		var prompt dbus.ObjectPath
		if err := s.call(ctx, path, interfaces+"Item.Delete", nil, &prompt); err != nil {
			return err
		}
		if prompt == none {
			continue
		}
		if _, err := s.prompt(ctx, prompt); err != nil {
			return err
		}
	}
	return nil
}
