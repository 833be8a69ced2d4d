package authtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// login is one that is under way.
type login struct {
	challenge, redirect, nonce string
	approved                   bool
}

// family is the refresh tokens that came from one login.
type family struct {
	current string
	// nonce is the login's, which ID tokens repeat as long as the session lives.
	nonce string
	dead  bool
}

// authorize approves at once and sends the browser back.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := "code-" + rand.Text()
	s.mu.Lock()
	s.codes[code] = login{challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri"), nonce: q.Get("nonce")}
	s.mu.Unlock()
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {s.URL}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound) //nolint:gosec // to where the test asked for
}

func (s *Server) device(w http.ResponseWriter, _ *http.Request) {
	code := "device-" + rand.Text()
	s.mu.Lock()
	s.devices[code] = &login{}
	s.mu.Unlock()
	reply(w, 200, map[string]any{
		"device_code": code, "user_code": "ABCD-EFGH", "verification_uri": s.URL + "/ui/v2/login/device",
		"verification_uri_complete": s.URL + "/ui/v2/login/device?user_code=ABCD-EFGH", "expires_in": 300, "interval": 1,
	})
}

// ApproveDevices approves all device logins that wait.
func (s *Server) ApproveDevices() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.devices {
		l.approved = true
	}
}

// AddAccount makes a service account's public key known.
func (s *Server) AddAccount(keyID string, public any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[keyID] = public
}

// NewRefreshToken returns a refresh token as a login would have brought.
func (s *Server) NewRefreshToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rotate(&family{nonce: rand.Text()})
}

func (s *Server) rotate(f *family) string {
	f.current = "refresh-" + rand.Text()
	s.families[f.current] = f
	return f.current
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		refuse(w, "invalid_request")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := r.PostForm.Get("grant_type")
	var answer map[string]any
	code := "unsupported_grant_type"
	switch kind {
	case "authorization_code":
		answer, code = s.grantCode(r.PostForm)
	case "refresh_token":
		answer, code = s.grantRefresh(r.PostForm)
	case "urn:ietf:params:oauth:grant-type:device_code":
		answer, code = s.grantDevice(r.PostForm)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		answer, code = s.grantAssertion(r.PostForm)
	case "urn:ietf:params:oauth:grant-type:token-exchange":
		answer, code = s.access(s.Subject), ""
	}
	if code != "" {
		refuse(w, code)
		return
	}
	s.granted[kind]++
	if s.SpoilAnswer != nil {
		s.SpoilAnswer(kind, answer)
	}
	reply(w, 200, answer)
}

func (s *Server) grantCode(form url.Values) (map[string]any, string) {
	l, known := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if !known || l.redirect != form.Get("redirect_uri") || l.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || form.Get("client_id") != ClientID {
		return nil, "invalid_grant"
	}
	return s.full(l.nonce), ""
}

func (s *Server) grantDevice(form url.Values) (map[string]any, string) {
	l, known := s.devices[form.Get("device_code")]
	switch {
	case !known:
		return nil, "expired_token"
	case !l.approved:
		return nil, "authorization_pending"
	}
	delete(s.devices, form.Get("device_code"))
	return s.full(""), ""
}

func (s *Server) grantRefresh(form url.Values) (map[string]any, string) {
	f := s.families[form.Get("refresh_token")]
	if f == nil || f.dead || form.Get("client_id") != ClientID {
		return nil, "invalid_grant"
	}
	if f.current != form.Get("refresh_token") {
		f.dead = true
		return nil, "invalid_grant"
	}
	answer := s.access(s.Subject)
	answer["refresh_token"] = s.rotate(f)
	if !s.NoRefreshID {
		answer["id_token"] = s.idToken(f.nonce)
	}
	return answer, ""
}

func (s *Server) grantAssertion(form url.Values) (map[string]any, string) {
	parsed, err := jwt.ParseSigned(form.Get("assertion"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, "invalid_grant"
	}
	var claims jwt.Claims
	public, known := s.accounts[parsed.Headers[0].KeyID]
	if !known || parsed.Claims(public, &claims) != nil || s.used[claims.ID] || claims.ID == "" {
		return nil, "invalid_grant"
	}
	if claims.ValidateWithLeeway(jwt.Expected{AnyAudience: jwt.Audience{s.URL}, Time: s.Now()}, 0) != nil {
		return nil, "invalid_grant"
	}
	s.used[claims.ID] = true
	if s.AccountSubject != "" {
		return s.access(s.AccountSubject), ""
	}
	return s.access(claims.Subject), ""
}

// full is the answer to a user's login.
func (s *Server) full(nonce string) map[string]any {
	answer := s.access(s.Subject)
	answer["refresh_token"] = s.rotate(&family{nonce: nonce})
	answer["id_token"] = s.idToken(nonce)
	return answer
}

func (s *Server) idToken(nonce string) string {
	claims := map[string]any{
		"iss": s.URL, "aud": ClientID, "sub": s.Subject, "email": "jane@example.com",
		"iat": s.Now().Unix(), "exp": s.Now().Add(s.Life).Unix(),
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if s.Spoil != nil {
		s.Spoil(claims)
	}
	return s.sign(claims)
}

func (s *Server) access(subject string) map[string]any {
	token := s.accessToken(subject)
	s.subjects[token] = subject
	answer := map[string]any{"token_type": "Bearer", "access_token": token}
	if s.Life > 0 {
		answer["expires_in"] = strconv.Itoa(int(s.Life.Seconds())) // some servers send a text
	}
	return answer
}

func (s *Server) accessToken(subject string) string {
	if s.Opaque {
		return "access-" + rand.Text()
	}
	claims := map[string]any{"iss": s.URL, "sub": subject, "jti": rand.Text(), "exp": s.Now().Add(s.Life).Unix()}
	if s.SpoilAccess != nil {
		s.SpoilAccess(claims)
	}
	return s.sign(claims)
}

// userInfo says whose an access token is (OIDC Core 5.3).
func (s *Server) userInfo(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	subject, known := s.subjects[token]
	switch {
	case s.NoUserInfo:
		http.NotFound(w, r)
	case !known:
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		reply(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
	default:
		reply(w, http.StatusOK, map[string]string{"sub": subject})
	}
}

func (s *Server) sign(claims map[string]any) string {
	text, err := jwt.Signed(s.signer).Claims(claims).Serialize()
	if err != nil {
		panic(err) // the key was made above
	}
	return text
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.families[r.PostForm.Get("token")]; f != nil {
		f.dead = true
	}
	s.revoked = append(s.revoked, r.PostForm.Get("token_type_hint"))
	w.WriteHeader(http.StatusOK)
}
