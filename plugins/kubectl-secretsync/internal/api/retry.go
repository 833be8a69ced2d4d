package api

import (
	"context"
	"time"
)

// Pause waits between attempts; it returns early with the context's error.
type Pause func(context.Context, time.Duration) error

// Sleep is the Pause of real time.
func Sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// The waits between attempts grow from first to longest.
const (
	firstWait   = 200 * time.Millisecond
	longestWait = 5 * time.Second
	// Attempts bounds how often a write is tried. What ends it mostly is the
	// target's budget of time.
	Attempts = 10
	// readAttempts is fewer: three seconds in all for a server that is not
	// there, which is mostly a mistake in a kubeconfig.
	readAttempts = 5
)

// Wait is how long to wait after the nth failure, n from 0: what the server
// asks for, else twice as long each time.
func Wait(n int, e *Error) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	return min(firstWait<<min(n, 10), longestWait)
}

// fits reports whether the wait leaves time for another attempt.
func fits(ctx context.Context, wait time.Duration) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > wait)
}

// patiently repeats a request that changes nothing until it is answered for
// good, or the context ends.
func (c *Client) patiently(ctx context.Context, what call) (answer, error) {
	for n := 0; ; n++ {
		got, err := c.once(ctx, what)
		if err == nil {
			return got, nil
		}
		failed := AsError(err)
		wait := Wait(n, failed)
		if !failed.Transient() || n+1 >= readAttempts || !fits(ctx, wait) || c.pause(ctx, wait) != nil {
			return answer{}, err
		}
	}
}
