package signin

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// startPage is where the browser is started: it gives the browser a cookie, and
// sends it on to the auth host. Other users of the machine may learn its
// address, from the arguments of the program that opens the browser. So it is
// for the first browser that comes, and where another one comes too, for none:
// nobody can tell which of the two is the user's. It leads on once: cookies know
// no ports, so that whoever else listens on this address may have read this one.
type startPage struct {
	path   string
	cookie http.Cookie
	target string
	// warnings holds a line for the user.
	warnings chan string
	once     sync.Once

	mu            sync.Mutex
	visited, void bool
}

// already is what the user's browser shows that comes again.
const already = "This login is open in this browser already. If its page is gone, open the address that the terminal shows."

// turnedAway is what a browser shows that is not, or may not be, the user's.
const turnedAway = "This login was opened somewhere else too. Nothing is lost: open the address that the terminal shows."

func newStartPage(target string) *startPage {
	return &startPage{
		path: "/" + rand.Text(), target: target, warnings: make(chan string, 1),
		cookie: http.Cookie{ //nolint:gosec // not Secure: a loopback address has no certificate
			// Cookies know no ports: two logins at once want two names.
			Name: "datum-creds-" + rand.Text()[:8], Value: rand.Text(), Path: "/", MaxAge: int(Patience / time.Second),
			HttpOnly: true, SameSite: http.SameSiteLaxMode, // comes along when the auth host sends the browser back
		},
	}
}

// ServeHTTP sends the first browser on.
func (s *startPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch s.admit(r) {
	case goesOn:
	case comesAgain:
		notice(w, http.StatusForbidden, already)
		return
	default:
		s.warn()
		notice(w, http.StatusForbidden, turnedAway)
		return
	}
	cookie := s.cookie
	http.SetCookie(w, &cookie)
	http.Redirect(w, r, s.target, http.StatusFound)
}

// visit is what becomes of a browser that comes.
type visit int

const (
	isTurnedAway visit = iota
	goesOn
	comesAgain
)

func (s *startPage) admit(r *http.Request) visit {
	if stranger(r) {
		return isTurnedAway // that is known to be somebody else, and changes nothing
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.visited
	s.void = s.void || (s.visited && !s.has(r))
	s.visited = true
	switch {
	case s.void:
		return isTurnedAway
	case first:
		return goesOn
	}
	return comesAgain
}

// knows reports whether the browser is the one that was sent on, and the only one.
func (s *startPage) knows(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visited && !s.void && s.has(r) && !stranger(r)
}

func (s *startPage) has(r *http.Request) bool {
	cookie, err := r.Cookie(s.cookie.Name)
	return err == nil && same(cookie.Value, s.cookie.Value)
}

// warn tells the user once.
func (s *startPage) warn() {
	s.once.Do(func() {
		s.warnings <- "warning: somebody else opened this login, and was turned away. If your browser was too, open the address above."
	})
}
