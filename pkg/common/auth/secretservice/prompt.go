//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// prompt shows a prompt of the service, waits for the user, and returns the
// prompt's result, or ErrDismissed if the user closed it.
func (s service) prompt(ctx context.Context, path dbus.ObjectPath) (dbus.Variant, error) {
	signals, err := s.listen(ctx, path)
	if err != nil {
		return dbus.Variant{}, err
	}
	if err := s.call(ctx, path, interfaces+"Prompt.Prompt", []any{""}); err != nil {
		return dbus.Variant{}, err
	}
	for signal := range signals { // until the end of the connection, and so of the context
		if signal.Path == path && signal.Name == interfaces+"Prompt.Completed" {
			return outcome(signal.Body)
		}
	}
	return dbus.Variant{}, errors.New("the session bus closed the connection during a prompt")
}

// listen returns a channel that signals arrive at, those of the prompt included.
func (s service) listen(ctx context.Context, path dbus.ObjectPath) (<-chan *dbus.Signal, error) {
	err := s.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchObjectPath(path),
		dbus.WithMatchInterface(interfaces+"Prompt"), dbus.WithMatchMember("Completed"))
	if err != nil {
		return nil, fmt.Errorf("watch a prompt: %w", err)
	}
	signals := make(chan *dbus.Signal, 8)
	s.conn.Signal(signals)
	return signals, nil
}

// outcome reads the arguments of the signal Completed.
func outcome(arguments []any) (dbus.Variant, error) {
	var dismissed bool
	var result dbus.Variant
	if err := dbus.Store(arguments, &dismissed, &result); err != nil {
		return dbus.Variant{}, fmt.Errorf("result of a prompt: %w", err)
	}
	if dismissed {
		return dbus.Variant{}, ErrDismissed
	}
	return result, nil
}
