package secretservice

import (
	"context"
	"errors"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice/bustest"
)

// calls are the three calls of a client for one item.
func calls(c Client) map[string]func(context.Context) error {
	item := Item{"app", "id"}
	return map[string]func(context.Context) error{
		"Get":    func(ctx context.Context) error { _, err := c.Get(ctx, item); return err },
		"Set":    func(ctx context.Context) error { return c.Set(ctx, item, "new") },
		"Delete": func(ctx context.Context) error { return c.Delete(ctx, item) },
	}
}

// prompts are the calls, each with a method of the service that prompts in it.
func prompts() map[string][]string {
	return map[string][]string{
		"Get": {"Unlock", "UnlockItem"}, "Set": {"Unlock", "CreateItem"}, "Delete": {"Unlock", "Delete"},
	}
}

// holding returns a fake that prompts in a method and has an item.
func holding(asks, ends string) *fake {
	old := "old"
	return &fake{asks: map[string]bool{asks: true}, ends: ends, text: &old}
}

func TestADismissedPromptIsNoSuccess(t *testing.T) {
	for call, methods := range prompts() {
		for _, asks := range methods {
			f := holding(asks, "dismissed")
			c := client(t, newFake(t, f))
			if err := calls(c)[call](soon(t)); !errors.Is(err, ErrDismissed) {
				t.Errorf("%s with a dismissed prompt of %s = %v, want ErrDismissed", call, asks, err)
			}
			if text, prompts := f.state(); text != "old" || prompts != 1 {
				t.Errorf("%s with a dismissed prompt of %s: the item is %s after %d prompts", call, asks, text, prompts)
			}
		}
	}
}

// TestGoKeyringTakesADismissedPromptForSuccess shows that the fake does prompt,
// and is one reason for this package.
func TestGoKeyringTakesADismissedPromptForSuccess(t *testing.T) {
	f := holding("CreateItem", "dismissed")
	goKeyring(t, newFake(t, f))
	err := keyring.Set("app", "id", "new")
	if text, prompts := f.state(); err != nil || text != "old" || prompts != 1 {
		t.Errorf("Set of go-keyring = %v, the item is %q after %d prompts", err, text, prompts)
	}
}

func TestAnAcceptedPrompt(t *testing.T) {
	for call, methods := range prompts() {
		for _, asks := range methods {
			f := holding(asks, "accepted")
			c := client(t, newFake(t, f))
			err := calls(c)[call](soon(t))
			text, prompts := f.state()
			if err != nil || prompts != 1 {
				t.Errorf("%s with a prompt of %s = %v after %d prompts", call, asks, err, prompts)
			}
			done := map[string]bool{"Get": text == "old", "Set": text == "new", "Delete": text == "(none)"}
			if !done[call] {
				t.Errorf("%s with a prompt of %s did nothing", call, asks)
			}
		}
	}
}

func TestAPromptWithAStrangeResult(t *testing.T) {
	for _, ends := range []string{"wrongly", "shapeless", "for nothing"} {
		f := holding("CreateItem", ends)
		c := client(t, newFake(t, f))
		err := calls(c)["Set"](soon(t))
		if text, _ := f.state(); err == nil || errors.Is(err, ErrDismissed) || text != "old" {
			t.Errorf("Set with a prompt that ends %s = %v", ends, err)
		}
	}
}

// TestAPromptThatNobodySees ends with the context, at whatever call it appears.
func TestAPromptThatNobodySees(t *testing.T) {
	over := errors.New("patience is over")
	for call, methods := range prompts() {
		for _, asks := range methods {
			f := holding(asks, "never")
			f.shown = make(chan struct{})
			c := client(t, newFake(t, f))
			ctx, cancel := context.WithCancelCause(soon(t))
			go func() {
				<-f.shown
				cancel(over)
			}()
			if err := calls(c)[call](ctx); !errors.Is(err, over) {
				t.Errorf("%s with a prompt of %s = %v, want the context's cause", call, asks, err)
			}
			cancel(nil)
		}
	}
}

func TestAServiceThatEndsDuringAPrompt(t *testing.T) {
	for call, methods := range prompts() {
		c := client(t, newFake(t, holding(methods[1], "with the service")))
		if err := calls(c)[call](soon(t)); err == nil || errors.Is(err, ErrDismissed) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s = %v", call, err)
		}
	}
}

func TestTheCollection(t *testing.T) {
	other := root + "/collection/passwords"
	for name, c := range map[string]struct {
		collections []dbus.ObjectPath
		alias       dbus.ObjectPath
		works       bool
	}{
		"login":              {[]dbus.ObjectPath{other, login}, none, true},
		"default":            {[]dbus.ObjectPath{other}, other, true},
		"neither":            {[]dbus.ObjectPath{other}, none, false},
		"no collection, yet": {[]dbus.ObjectPath{}, none, false},
	} {
		f := &fake{collections: c.collections, alias: c.alias}
		err := calls(client(t, newFake(t, f)))["Set"](soon(t))
		if text, _ := f.state(); (err == nil) != c.works || (text != "(none)") != c.works {
			t.Errorf("%s: Set = %v", name, err)
		}
	}
}

func TestABusWithoutAKeyring(t *testing.T) {
	for call, do := range calls(client(t, bustest.Bus(t, nil))) {
		var refused dbus.Error
		if err := do(soon(t)); !errors.As(err, &refused) || refused.Name != "org.freedesktop.DBus.Error.ServiceUnknown" {
			t.Errorf("%s = %v", call, err)
		}
	}
}
