package secretservice

import (
	"errors"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice/bustest"
)

func TestItemsOfARealKeyring(t *testing.T) {
	c, ctx := client(t, bustest.Keyring(t)), soon(t)
	item, other := Item{"app", "id"}, Item{"app", "id/GEN/0"}
	if _, err := c.Get(ctx, item); !errors.Is(err, ErrNoItem) {
		t.Fatalf("Get of nothing = %v, want ErrNoItem", err)
	}
	if err := c.Delete(ctx, item); !errors.Is(err, ErrNoItem) {
		t.Fatalf("Delete of nothing = %v, want ErrNoItem", err)
	}
	if err := c.Set(ctx, other, "stays"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first", "second", "", "with \x00, \n and ü", strings.Repeat("x", 70_000)} {
		if err := c.Set(ctx, item, want); err != nil {
			t.Fatalf("Set of %d bytes = %v", len(want), err)
		}
		if got, err := c.Get(ctx, item); err != nil || got != want {
			t.Fatalf("Get = %d bytes, %v; want %d bytes", len(got), err, len(want))
		}
	}
	if err := c.Delete(ctx, item); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, item); !errors.Is(err, ErrNoItem) {
		t.Errorf("Get of what was replaced and deleted = %v, want ErrNoItem", err)
	}
	if got, err := c.Get(ctx, other); err != nil || got != "stays" {
		t.Errorf("Get of another item = %q, %v", got, err)
	}
}

// goKeyring has go-keyring use the bus at an address.
func goKeyring(t testing.TB, address string) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	shared, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = shared.Close() }) // so that the next test gets its own bus
}

func TestItemsAreThoseOfGoKeyring(t *testing.T) {
	address := bustest.Keyring(t)
	goKeyring(t, address)
	c, ctx, item := client(t, address), soon(t), Item{"app", "id"}

	if err := keyring.Set("app", "id", "theirs"); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(ctx, item); err != nil || got != "theirs" {
		t.Errorf("Get of go-keyring's item = %q, %v", got, err)
	}
	if err := c.Set(ctx, item, "ours"); err != nil {
		t.Fatal(err)
	}
	if got, err := keyring.Get("app", "id"); err != nil || got != "ours" {
		t.Errorf("go-keyring reads %q, %v", got, err)
	}
	if err := keyring.Set("app", "id", "theirs again"); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(ctx, item); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get("app", "id"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("go-keyring finds the item after Delete: %v", err)
	}
	if err := c.Set(ctx, item, "ours"); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Delete("app", "id"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, item); !errors.Is(err, ErrNoItem) {
		t.Errorf("Get after go-keyring's Delete = %v, want ErrNoItem", err)
	}
}

// TestALockedKeyring: gnome-keyring has no program here to show its prompt with,
// and reports it as dismissed.
func TestALockedKeyring(t *testing.T) {
	address := bustest.Keyring(t)
	c, ctx, item := client(t, address), soon(t), Item{"app", "id"}
	if err := c.Set(ctx, item, "text"); err != nil {
		t.Fatal(err)
	}
	bustest.Lock(t, address)
	if _, err := c.Get(ctx, item); !errors.Is(err, ErrDismissed) {
		t.Errorf("Get = %v, want ErrDismissed", err)
	}
	if err := c.Set(ctx, item, "new"); !errors.Is(err, ErrDismissed) {
		t.Errorf("Set = %v, want ErrDismissed", err)
	}
	if err := c.Delete(ctx, item); !errors.Is(err, ErrDismissed) {
		t.Errorf("Delete = %v, want ErrDismissed", err)
	}
}

func BenchmarkGet(b *testing.B) {
	address := bustest.Keyring(b)
	goKeyring(b, address)
	c, ctx, item := client(b, address), soon(b), Item{"app", "id"}
	if err := c.Set(ctx, item, strings.Repeat("x", 1000)); err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Get(ctx, item); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-keyring", func(b *testing.B) { // its one connection stays open
		for b.Loop() {
			if _, err := keyring.Get("app", "id"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-keyring, as in a new process", func(b *testing.B) {
		for b.Loop() {
			if shared, err := dbus.SessionBus(); err != nil || shared.Close() != nil {
				b.Fatal(err)
			}
			if _, err := keyring.Get("app", "id"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
