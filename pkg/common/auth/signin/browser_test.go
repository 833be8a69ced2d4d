package signin

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// browser is one that trusts everybody, and keeps cookies.
type browser struct {
	t *testing.T
	http.Client
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
}

// get opens an address and follows where it leads.
func (b *browser) get(address string) (int, string) {
	b.t.Helper()
	resp, err := b.Get(address)
	if err != nil {
		b.t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// step opens an address, and returns where it leads.
func (b *browser) step(address string) string {
	b.t.Helper()
	once := b.Client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Get(address)
	if err != nil {
		b.t.Error(err)
		return ""
	}
	_ = resp.Body.Close()
	return resp.Header.Get("Location")
}

// parts are those of an authorization address: where it leads back to, and the
// state that comes back with it.
func parts(t *testing.T, address string) (redirect, state string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Error(err)
		return "", ""
	}
	return u.Query().Get("redirect_uri"), u.Query().Get("state")
}

// screen is what the user reads, also while more is written.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write shows some more.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// String is all that is shown.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// shown is the address on the terminal.
func (s *screen) shown() string {
	return strings.TrimSpace(regexp.MustCompile(`(?m)^ {2}https://\S+$`).FindString(s.String()))
}

func TestBrowser(t *testing.T) {
	server := authtest.New(t)
	r, _ := request(t, server, func(address string) {
		b := newBrowser(t)
		if !strings.HasPrefix(address, "http://127.0.0.1:") || strings.Contains(address, "?") {
			t.Errorf("the browser is started with %s, which others may read", address)
		}
		if code, body := b.get(address); code != 200 || !strings.Contains(body, "signed in") {
			t.Errorf("the browser ends at %d %s", code, body)
		}
	})
	out := &screen{}
	r.Out = out
	got, err := r.Browser(t.Context())
	if err != nil || got.Who.Email != "jane@example.com" || got.Grant.Refresh.Empty() {
		t.Fatalf("Browser = %+v, %v", got, err)
	}
	if strings.Contains(out.String(), "code-") || strings.Contains(out.String(), "warning") {
		t.Errorf("the user reads:\n%s", out)
	}
}

// TestTheAddressOnTheTerminal needs no cookie: it is for any browser of the
// user's.
func TestTheAddressOnTheTerminal(t *testing.T) {
	out := &screen{}
	r, _ := request(t, authtest.New(t), func(string) {
		if code, _ := newBrowser(t).get(out.shown()); code != 200 {
			t.Errorf("the browser ends at %d", code)
		}
	})
	r.Out = out
	if _, err := r.Browser(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestNobodyIsStarted: where no browser can be opened, or none is to be, the
// address is shown all the same.
func TestNobodyIsStarted(t *testing.T) {
	for name, open := range map[string]func(context.Context, string) error{
		"cannot": func(context.Context, string) error { return errors.New("there is none") }, "must not": nil,
	} {
		t.Run(name, func(t *testing.T) {
			out := &screen{}
			r, _ := request(t, authtest.New(t), nil)
			r.Out, r.Open = out, open
			go func() {
				for out.shown() == "" && t.Context().Err() == nil {
					time.Sleep(time.Millisecond)
				}
				newBrowser(t).get(out.shown())
			}()
			if _, err := r.Browser(t.Context()); err != nil || strings.Contains(out.String(), "there is none") != (open != nil) {
				t.Errorf("Browser = %v\n%s", err, out)
			}
		})
	}
}

// TestAnObserverCannotSignIn is somebody who reads the arguments of the program
// that opens the browser: he has the start address, and a login of his own.
func TestAnObserverCannotSignIn(t *testing.T) {
	for name, first := range map[string]bool{"before the user": true, "after the user": false} {
		t.Run(name, func(t *testing.T) {
			out := &screen{}
			r, _ := request(t, authtest.New(t), func(start string) {
				user, thief := newBrowser(t), newBrowser(t)
				visit := func(b *browser) string { return b.step(start) }
				var userAt, thiefAt string
				if first {
					thiefAt, userAt = visit(thief), visit(user)
				} else {
					userAt, thiefAt = visit(user), visit(thief)
				}
				if (userAt == "") != first || (thiefAt == "") == first {
					t.Errorf("the user was sent to %q, the thief to %q", userAt, thiefAt)
				}
				for b, at := range map[*browser]string{user: userAt, thief: thiefAt} {
					if at == "" {
						continue
					}
					if code, body := b.get(at); code != 403 || !strings.Contains(body, "address that the terminal shows") {
						t.Errorf("a login that two began ends at %d %s", code, body)
					}
				}
				// With the cookie's value but nothing else of the user's, it is too late too.
				if code, _ := user.get(start); code != 403 {
					t.Errorf("the start page opens again: %d", code)
				}
				user.get(out.shown()) // as the pages say
			})
			r.Out = out
			if _, err := r.Browser(t.Context()); err != nil || strings.Count(out.String(), "warning: somebody else opened this login") != 1 {
				t.Errorf("Browser = %v\n%s", err, out)
			}
		})
	}
}

// TestTheStartPageLeadsOnOnce: cookies know no ports, so that another user's
// page on this machine may have read it, and would be given the login's state.
// The browser that reloads ends nothing.
func TestTheStartPageLeadsOnOnce(t *testing.T) {
	out := &screen{}
	r, _ := request(t, authtest.New(t), func(start string) {
		user, thief := newBrowser(t), newBrowser(t)
		address := user.step(start)
		thief.Jar = user.Jar
		if at := thief.step(start); at != "" {
			t.Errorf("the cookie leads to %s", at)
		}
		if code, body := user.get(start); code != 403 || !strings.Contains(body, "address that the terminal shows") {
			t.Errorf("reloaded: %d %s", code, body)
		}
		user.get(address)
	})
	r.Out = out
	if _, err := r.Browser(t.Context()); err != nil || strings.Contains(out.String(), "warning") {
		t.Errorf("Browser = %v\n%s", err, out)
	}
}

func TestStrangersDoNotEndALogin(t *testing.T) {
	server := authtest.New(t)
	out := &screen{}
	r, _ := request(t, server, func(start string) {
		user := newBrowser(t)
		address := user.step(start)
		redirect, state := parts(t, address)
		_, shown := parts(t, out.shown())
		if state == shown || state == "" {
			t.Error("the browser and the terminal have the same state")
		}
		stranger := newBrowser(t)
		for _, stray := range []string{
			redirect, redirect + "?code=x&state=wrong", redirect + "?error=access_denied&state=", redirect + "/more?code=x&state=" + state,
			redirect + "?code=x&state=" + state, redirect + "?error=access_denied&state=" + state, // without the cookie
			redirect + "?code=x&iss=https%3A%2F%2Fevil.test&state=" + shown, strings.Replace(redirect, "127.0.0.1", "localhost", 1) + "?code=x&state=" + shown,
			strings.Replace(start, "127.0.0.1", "localhost", 1), start + "x",
		} {
			if code, _ := stranger.get(stray); code < 400 || code > 404 {
				t.Errorf("%s: %d", stray, code)
			}
		}
		for _, to := range []string{redirect + "?code=x&state=" + shown, start} {
			resp, err := http.Post(to, "text/plain", nil)
			if err != nil {
				t.Error(err)
				continue
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("POST: %s", resp.Status)
			}
		}
		user.get(address)
	})
	r.Out = out
	if _, err := r.Browser(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestBrowserIsDenied(t *testing.T) {
	server := authtest.New(t)
	r, _ := request(t, server, func(start string) {
		user := newBrowser(t)
		redirect, state := parts(t, user.step(start))
		user.get(redirect + "?error=access_denied&state=" + state)
	})
	if _, err := r.Browser(t.Context()); err == nil || !strings.Contains(err.Error(), "denied") {
		t.Errorf("Browser = %v", err)
	}
}

// TestTheCookie is kept from scripts and from other sites' requests.
func TestTheCookie(t *testing.T) {
	r, _ := request(t, authtest.New(t), func(start string) {
		once := newBrowser(t)
		once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, err := once.Get(start)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
		got := resp.Header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Max-Age=300"} {
			if !strings.Contains(got, want) {
				t.Errorf("the cookie %s lacks %s", got, want)
			}
		}
		if resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers: %v", resp.Header)
		}
		once.CheckRedirect = nil
		once.get(resp.Header.Get("Location"))
	})
	if _, err := r.Browser(t.Context()); err != nil {
		t.Fatal(err)
	}
}
