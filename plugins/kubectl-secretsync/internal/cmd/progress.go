package cmd

import (
	"fmt"
	"sync"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

const (
	// fewTargets are done before anybody wonders.
	fewTargets = 5
	// redraw is the least time between two lines of progress.
	redraw = 100 * time.Millisecond
)

// progress counts targets on a terminal. tick counts one, done takes the line
// away; where nothing is shown, tick is nil.
func (s *session) progress(phase string, total int) (tick, done func()) {
	if total <= fewTargets || output.TerminalWidth(s.ErrOut) == 0 {
		return nil, func() {}
	}
	var mu sync.Mutex
	var shown time.Time
	count := 0
	tick = func() {
		mu.Lock()
		defer mu.Unlock()
		count++
		if now := s.now(); now.Sub(shown) >= redraw || count == total {
			shown = now
			fmt.Fprintf(s.ErrOut, "\r%s %d/%d", phase, count, total)
		}
	}
	return tick, func() { fmt.Fprint(s.ErrOut, "\r\x1b[K") }
}
