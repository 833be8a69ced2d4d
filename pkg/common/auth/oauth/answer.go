package oauth

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// checked makes one attempt, and turns every answer but a success into an
// Error.
func (c *Client) checked(ctx context.Context, req *http.Request, sent url.Values) (answer, error) {
	got, err := c.do(ctx, req)
	if err != nil {
		return answer{}, err
	}
	if got.status >= 200 && got.status < 300 {
		return got, nil
	}
	return answer{}, refusal(got, req.URL.Host, sent)
}

func refusal(got answer, host string, sent url.Values) *Error {
	var wire struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	failed := &Error{Host: host, Status: got.status, Date: date(got.header), RetryAfter: retryAfter(got.header)}
	if json.Unmarshal(got.body, &wire) == nil {
		failed.Code = clean(wire.Code, sent)
		failed.Reason = clean(wire.Description, sent)
	}
	failed.Retry = got.status >= 500 || got.status == http.StatusTooManyRequests || got.status == http.StatusRequestTimeout
	// Servers answer with a status of their own choice; the code counts more.
	if failed.Code == "temporarily_unavailable" || failed.Code == "server_error" {
		failed.Retry = true
	}
	if failed.Code == "invalid_grant" {
		failed.Retry = false
	}
	if failed.Code == "" {
		failed.Empty = len(got.body) == 0
		failed.Reason = clean(unexplained(got), sent)
	}
	return failed
}

// unexplained says something of an answer that does not explain itself.
func unexplained(got answer) string {
	if got.status >= 300 && got.status < 400 {
		target, err := url.Parse(got.header.Get("Location"))
		if err != nil || target.Host == "" {
			return "a redirect, which is not followed"
		}
		return "a redirect to " + target.Host + ", which is not followed"
	}
	return "the answer is " + nature(got)
}

// kind returns the media type of an answer, empty if it has none.
func (a answer) kind() string {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return kind
}

// nature describes an answer without repeating its words.
func nature(got answer) string {
	kind := got.kind()
	switch {
	case len(got.body) == 0:
		return "empty"
	case strings.Contains(kind, "html"):
		return "a web page (a proxy or a sign-in page between?)"
	case kind == "":
		return "of no known type"
	default:
		return "of type " + clean(kind, nil)
	}
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}

func date(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "the server"
	}
	return u.Host
}
