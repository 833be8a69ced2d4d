//go:build linux || freebsd || netbsd || openbsd

package secretservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// prompt shows a prompt of the service, waits for the user, and stores the
// result; nil: the result does not matter. It returns ErrDismissed if the user
// closed the prompt.
func (s service) prompt(ctx context.Context, path dbus.ObjectPath, result any) error {
	completed, err := s.listen(ctx, path)
	if err != nil {
		return err
	}
	if err := s.call(ctx, path, interfaces+"Prompt.Prompt", []any{""}); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case signal, open := <-completed:
			if !open {
				return errors.New("the session bus closed the connection during a prompt")
			}
			if signal.Path == path && signal.Name == interfaces+"Prompt.Completed" {
				return outcome(signal.Body, result)
			}
		}
	}
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
func outcome(arguments []any, result any) error {
	var dismissed bool
	var value dbus.Variant
	if err := dbus.Store(arguments, &dismissed, &value); err != nil {
		return fmt.Errorf("result of a prompt: %w", err)
	}
	if dismissed {
		return ErrDismissed
	}
	if result == nil {
		return nil
	}
	if err := value.Store(result); err != nil {
		return fmt.Errorf("result of a prompt: %w", err)
	}
	return nil
}
