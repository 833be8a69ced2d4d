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
	// reminder is the time between two lines of progress in a log.
	reminder = time.Minute
)

// progress counts targets: on a terminal in a line that changes, elsewhere in a line
// a minute, as CI systems end jobs that print nothing. tick counts one; done must be
// called, and takes away what is on the terminal.
func (s *session) progress(phase string, total int) (tick, done func()) {
	switch {
	case output.TerminalWidth(s.ErrOut) == 0:
		return s.logged(phase, total)
	case total <= fewTargets:
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

// logged prints a line of progress each minute until done is called.
func (s *session) logged(phase string, total int) (tick, done func()) {
	var mu sync.Mutex
	count := 0
	minutes, stop := s.minutes()
	ended := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-minutes:
				mu.Lock()
				fmt.Fprintf(s.ErrOut, "%s: %d of %d done\n", phase, count, total)
				mu.Unlock()
			}
		}
	})
	tick = func() {
		mu.Lock()
		defer mu.Unlock()
		count++
	}
	return tick, func() {
		stop()
		close(ended)
		group.Wait()
	}
}

// minutes returns a channel that has something every minute until stop is called.
func (s *session) minutes() (c <-chan time.Time, stop func()) {
	if s.clock != nil {
		return s.clock, func() {}
	}
	ticker := time.NewTicker(reminder)
	return ticker.C, ticker.Stop
}
