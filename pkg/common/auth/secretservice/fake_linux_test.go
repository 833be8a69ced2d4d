package secretservice

import (
	"strconv"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secretservice/bustest"
)

// fake is a Secret Service with one item at most, whose prompts end as a test
// wants. It is on a real bus.
type fake struct {
	conn *dbus.Conn
	// collections and alias are what the service says that it has.
	collections []dbus.ObjectPath
	alias       dbus.ObjectPath
	// asks names the methods that need a prompt.
	asks map[string]bool
	// ends says how prompts end; "" is "accepted".
	ends string

	// shown is closed when a prompt is shown that never ends.
	shown chan struct{}

	mu      sync.Mutex
	text    *string
	pending func() dbus.Variant
	prompts int
}

// state returns the item's text, "(none)" without an item, and how many prompts
// were shown.
func (f *fake) state() (text string, prompts int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.text == nil {
		return "(none)", f.prompts
	}
	return *f.text, f.prompts
}

const fakeItem = login + "/1"

// newFake starts a bus with a fake Secret Service and returns the bus's address.
func newFake(t testing.TB, f *fake) string {
	t.Helper()
	address := bustest.Bus(t, nil)
	f.conn = bustest.Connect(t, address)
	if f.collections == nil {
		f.collections = []dbus.ObjectPath{login}
	}
	for path, face := range map[dbus.ObjectPath]string{root: "Service", f.home(): "Collection", fakeItem: "Item"} {
		export(t, f.conn, map[string]any{"Service": fakeService{f}, "Collection": fakeCollection{f}, "Item": fakeEntry{f}}[face], path, interfaces+face)
	}
	export(t, f.conn, fakeProperties{f}, root, "org.freedesktop.DBus.Properties")
	if reply, err := f.conn.RequestName(busName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return address
}

func export(t testing.TB, conn *dbus.Conn, object any, path dbus.ObjectPath, face string) {
	t.Helper()
	if err := conn.Export(object, path, face); err != nil {
		t.Fatal(err)
	}
}

// home is the collection that a client should use.
func (f *fake) home() dbus.ObjectPath {
	if f.alias != "" && f.alias != none {
		return f.alias
	}
	return login
}

// answer does something now or after a prompt, and returns the result and the
// prompt of the API's methods.
func (f *fake) answer(method string, do func() dbus.Variant) (dbus.Variant, dbus.ObjectPath) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.asks[method] {
		return do(), none
	}
	f.prompts++
	f.pending = do
	path := root + dbus.ObjectPath("/prompt/"+strconv.Itoa(f.prompts))
	if err := f.conn.Export(fakePrompt{f, path}, path, interfaces+"Prompt"); err != nil {
		panic(err)
	}
	return dbus.Variant{}, path
}

type fakeProperties struct{ *fake }

func (f fakeProperties) Get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(f.collections), nil
}

type fakeService struct{ *fake }

func (f fakeService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), root + "/session/1", nil
}

func (f fakeService) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) { return f.alias, nil }

func (f fakeService) Unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	method := "Unlock"
	if paths[0] == fakeItem {
		method = "UnlockItem"
	}
	result, prompt := f.answer(method, func() dbus.Variant { return dbus.MakeVariant(paths) })
	unlocked, _ := result.Value().([]dbus.ObjectPath)
	return unlocked, prompt, nil
}

type fakeCollection struct{ *fake }

func (f fakeCollection) SearchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.text == nil {
		return nil, nil
	}
	return []dbus.ObjectPath{fakeItem}, nil
}

func (f fakeCollection) CreateItem(_ map[string]dbus.Variant, given secret, _ bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	result, prompt := f.answer("CreateItem", func() dbus.Variant {
		if f.ends == "for nothing" {
			return dbus.MakeVariant(none)
		}
		text := string(given.Value)
		f.text = &text
		return dbus.MakeVariant(fakeItem)
	})
	if path, done := result.Value().(dbus.ObjectPath); done {
		return path, prompt, nil
	}
	return none, prompt, nil
}

type fakeEntry struct{ *fake }

func (f fakeEntry) GetSecret(session dbus.ObjectPath) (secret, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return secret{session, nil, []byte(*f.text), "text/plain"}, nil
}

func (f fakeEntry) Delete() (dbus.ObjectPath, *dbus.Error) {
	_, prompt := f.answer("Delete", func() dbus.Variant {
		f.text = nil
		return dbus.MakeVariant("")
	})
	return prompt, nil
}

type fakePrompt struct {
	*fake
	path dbus.ObjectPath
}

// Prompt ends at once, with a signal before the reply as some services do it.
func (f fakePrompt) Prompt(sender dbus.Sender, _ string) *dbus.Error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch f.ends {
	case "never":
		close(f.shown)
	case "with the service":
		_ = f.conn.Close()
	case "dismissed":
		f.completed(f.path, true, dbus.MakeVariant(""))
	case "wrongly":
		f.completed(f.path, false, dbus.MakeVariant(uint32(7)))
	case "shapeless":
		f.signal(f.path, "yes")
	default:
		f.conn.Send(&dbus.Message{Type: dbus.TypeSignal, Body: []any{true, dbus.MakeVariant("")}, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldDestination: dbus.MakeVariant(string(sender)), dbus.FieldPath: dbus.MakeVariant(root + "/prompt/999"), // another prompt
			dbus.FieldInterface: dbus.MakeVariant(interfaces + "Prompt"), dbus.FieldMember: dbus.MakeVariant("Completed"),
			dbus.FieldSignature: dbus.MakeVariant(dbus.ParseSignatureMust("bv")),
		}}, nil)
		f.completed(f.path, false, f.pending())
	}
	return nil
}

func (f fakePrompt) completed(path dbus.ObjectPath, dismissed bool, result dbus.Variant) {
	f.signal(path, dismissed, result)
}

func (f fakePrompt) signal(path dbus.ObjectPath, arguments ...any) {
	if err := f.conn.Emit(path, interfaces+"Prompt.Completed", arguments...); err != nil {
		panic(err)
	}
}
