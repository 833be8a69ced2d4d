package oauth

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// The retries of one request: after 0.25, 0.5, 1 and 2 s, more or less.
const (
	attempts   = 5
	firstPause = 250 * time.Millisecond
	maxPause   = 5 * time.Second
)

// retry tries until it succeeds, the failure is one that stays, or the
// attempts or the context are at their end.
func (c *Client) retry(ctx context.Context, try func() (answer, error)) (answer, error) {
	for attempt := 1; ; attempt++ {
		got, err := try()
		var failed *Error
		if err == nil || !errors.As(err, &failed) || !failed.Retry || attempt == attempts {
			return got, err
		}
		if c.Sleep(ctx, pause(attempt, failed.RetryAfter)) != nil {
			return answer{}, err // what failed says more than that time was up
		}
	}
}

// pause is how long to wait after an attempt: twice as long each time, with
// some chance in it so that many waiters do not return together.
func pause(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, maxPause)
	}
	full := firstPause << (attempt - 1)
	return full/2 + rand.N(full) //nolint:gosec // nobody gains by guessing a pause
}
