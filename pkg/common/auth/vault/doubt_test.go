package vault

import (
	"strings"
	"sync"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// doubtful is a keyring that reports a time-out for the head's write, whether
// that lands or not; and for reads after it, if it is deaf.
type doubtful struct {
	*memory
	lands, deaf, failed bool
}

func (d *doubtful) Set(name, text string) error {
	if name != "id" {
		return d.memory.Set(name, text)
	}
	d.failed = true
	if d.lands {
		_ = d.memory.Set(name, text)
	}
	return errSlow
}

func (d *doubtful) Get(name string) (string, error) {
	if d.failed && d.deaf {
		return "", errSlow
	}
	return d.memory.Get(name)
}

// TestAWriteInDoubtLosesNothing: when the keyring answers again, the secret that
// its head points to is whole, whichever that is.
func TestAWriteInDoubtLosesNothing(t *testing.T) {
	next := strings.Repeat("n", 4000)
	for _, lands := range []bool{false, true} {
		for _, deaf := range []bool{false, true} {
			keyring := &memory{items: map[string]string{}}
			if err := (ringVault{keyring, "id"}).Save(secret.New("old")); err != nil {
				t.Fatal(err)
			}
			err := ringVault{&doubtful{memory: keyring, lands: lands, deaf: deaf}, "id"}.Save(secret.New(next))
			saved := lands && !deaf
			if (err == nil) != saved {
				t.Errorf("lands %v, deaf %v: Save = %v", lands, deaf, err)
			}
			want := "old"
			if lands {
				want = next
			}
			if !saved && len(keyring.items) < 4 {
				t.Errorf("lands %v, deaf %v: a generation that may count is gone", lands, deaf)
			}
			if got, err := (ringVault{keyring, "id"}).Load(); err != nil || got.Reveal() != want {
				t.Errorf("lands %v, deaf %v: Load = %d bytes, %v", lands, deaf, len(got.Reveal()), err)
			}
		}
	}
}

// safe is a keyring for several at once.
type safe struct {
	mu sync.Mutex
	*memory
}

func (s *safe) Get(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.Get(name)
}

func (s *safe) Set(name, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.Set(name, text)
}

func (s *safe) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.Delete(name)
}

func TestProbesDoNotMeet(t *testing.T) {
	ring := &safe{memory: &memory{items: map[string]string{}}}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 20 {
				if err := Probe(ring); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(ring.items) != 0 {
		t.Errorf("%d items are left", len(ring.items))
	}
}
