package oauth

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// ServerClock asks an issuer for its time, by the Date of an answer. It is
// good to a second or two.
func (c *Client) ServerClock(ctx context.Context, issuer string) (time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+wellKnown, nil)
	if err != nil {
		return time.Time{}, err
	}
	got, err := c.do(ctx, req)
	return date(got.header), err
}
