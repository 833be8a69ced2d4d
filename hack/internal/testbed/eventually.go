package testbed

import (
	"testing"
	"time"
)

// lookInterval is how often Eventually looks.
const lookInterval = 200 * time.Millisecond

// Eventually looks until look returns no error. When that takes too long, the
// test fails with the last one.
func Eventually(t testing.TB, what string, within time.Duration, look func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := look()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s: %v", what, within, err)
		}
		time.Sleep(lookInterval)
	}
}
