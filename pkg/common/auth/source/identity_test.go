package source

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// claim returns a function that changes one claim, or removes it with nil.
func claim(name string, value any) func(map[string]any) {
	return func(claims map[string]any) {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
}

// userInfoSays makes the userinfo endpoint answer so.
func userInfoSays(status int, kind, body string) func(*authtest.Server, *User) {
	return func(server *authtest.Server, _ *User) {
		quiet(server)
		server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.URL.Path != authtest.UserInfoPath {
				return false
			}
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		})
	}
}

// quiet makes the provider's tokens say nothing of the user.
func quiet(server *authtest.Server) { server.Opaque, server.NoRefreshID = true, true }

// The ways in which an identity comes out.
const (
	confirmed = ""
	asOfLogin = "as of the login"
)

// TestWhoseTheAnswerIs plays each way in which a provider names a user or does
// not. A refused answer leaves everything as it was; where the provider could not
// be asked, only the next refresh token is kept.
func TestWhoseTheAnswerIs(t *testing.T) {
	type row struct {
		set      func(*authtest.Server, *User)
		want     string       // confirmed or asOfLogin
		kind     failure.Code // or the failure
		says     string
		userInfo int // requests to the userinfo endpoint
	}
	for name, c := range map[string]row{
		// An ID token: no request.
		"ID token":                        {set: func(s *authtest.Server, _ *User) { s.Opaque = true }},
		"ID token of another":             {set: func(s *authtest.Server, _ *User) { s.Opaque = true; s.Subject = "user-2" }, kind: failure.Refused, says: "of the subject user-2, and the session is of the subject user-1"},
		"ID token of another issuer":      {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("iss", "https://evil.test") }, kind: failure.Refused, says: "of the issuer https://evil.test"},
		"ID token of another client":      {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("aud", []string{"client-2", "client-3"}) }, kind: failure.Refused, says: "of the client client-2, client-3, and the session is of the client client-1"},
		"ID token of two clients":         {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("aud", []string{"project", authtest.ClientID}) }},
		"ID token without a subject":      {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("sub", nil) }, kind: failure.Refused, says: "of the subject (none)"},
		"ID token with another nonce":     {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("nonce", "of another login") }},
		"ID token without a nonce":        {set: func(s *authtest.Server, _ *User) { s.Spoil = claim("nonce", nil) }},
		"ID token that cannot be read":    {set: answerWith("id_token", "x.y.z"), want: confirmed, userInfo: 1},
		"ID token that is encrypted":      {set: answerWith("id_token", "a.b.c.d.e"), want: confirmed, userInfo: 1},
		"ID token that is no JSON object": {set: answerWith("id_token", "e30.bm90IGpzb24.c2ln"), want: confirmed, userInfo: 1},
		"issuer with a slash at its end":  {set: func(_ *authtest.Server, u *User) { u.Session.Issuer += "/" }},
		// A JWT access token, compared with the login's.
		"JWT": {set: func(s *authtest.Server, u *User) { s.NoRefreshID = true; u.Session.AccessSubject = "user-1" }},
		"JWT of another": {
			set: func(s *authtest.Server, u *User) {
				s.NoRefreshID, s.Subject = true, "user-2"
				u.Session.AccessSubject = "user-1"
			},
			kind: failure.Refused, says: "of the subject user-2, and the session is of the subject user-1",
		},
		"JWT of another, beside an ID token": {
			set: func(s *authtest.Server, u *User) {
				s.SpoilAccess = claim("sub", "user-2")
				u.Session.AccessSubject = "user-1"
			}, kind: failure.Refused, says: "of the subject user-2",
		},
		"JWT with a name of its own": {
			set: func(s *authtest.Server, u *User) {
				s.NoRefreshID, s.SpoilAccess = true, claim("sub", "pairwise-1")
				u.Session.AccessSubject = "pairwise-1"
			},
		},
		"JWT with a name of its own, at an old session": {
			set: func(s *authtest.Server, _ *User) { s.NoRefreshID, s.SpoilAccess = true, claim("sub", "pairwise-1") }, userInfo: 1,
		},
		"JWT of another issuer": {
			set: func(s *authtest.Server, u *User) {
				s.NoRefreshID, s.SpoilAccess = true, claim("iss", "https://sts.test")
				u.Session.AccessSubject = "user-2"
			}, userInfo: 1,
		},
		"opaque since the login": {set: func(s *authtest.Server, u *User) { quiet(s); u.Session.AccessSubject = "user-1" }, userInfo: 1},
		// The userinfo endpoint.
		"userinfo":                   {set: func(s *authtest.Server, _ *User) { quiet(s) }, userInfo: 1},
		"userinfo of another":        {set: func(s *authtest.Server, _ *User) { quiet(s); s.Subject = "user-2" }, kind: failure.Refused, says: "of the subject user-2", userInfo: 1},
		"userinfo is a JWT":          {set: userInfoSays(200, "application/jwt", "e30.eyJzdWIiOiJ1c2VyLTEifQ.c2ln"), userInfo: 1},
		"userinfo is another's JWT":  {set: userInfoSays(200, "application/jwt", "e30.eyJzdWIiOiJ1c2VyLTIifQ.c2ln"), kind: failure.Refused, says: "user-2", userInfo: 1},
		"userinfo is encrypted":      {set: userInfoSays(200, "application/jwt", "a.b.c.d.e"), want: asOfLogin, userInfo: 1},
		"userinfo names no subject":  {set: userInfoSays(200, "application/json", `{"email":"jane@example.com"}`), want: asOfLogin, userInfo: 1},
		"userinfo refuses the token": {set: userInfoSays(401, "application/json", `{"error":"invalid_token"}`), want: asOfLogin, userInfo: 1},
		"userinfo refuses the scope": {set: userInfoSays(403, "application/json", `{"error":"insufficient_scope"}`), want: asOfLogin, userInfo: 1},
		"userinfo is gone":           {set: userInfoSays(404, "", ""), want: asOfLogin, userInfo: 1},
		"the login's userinfo is gone": {
			set: func(s *authtest.Server, u *User) {
				userInfoSays(404, "", "")(s, u)
				u.Session.UserInfoURL = s.URL + authtest.UserInfoPath
			}, want: asOfLogin, userInfo: 1,
		},
		"userinfo is gone for good": {set: userInfoSays(410, "", ""), want: asOfLogin, userInfo: 1},
		"userinfo takes no GET":     {set: userInfoSays(405, "", ""), want: asOfLogin, userInfo: 1},
		"userinfo breaks":           {set: userInfoSays(500, "", ""), kind: failure.Unable, says: "whose the new token is could not be asked", userInfo: 5},
		"userinfo is busy":          {set: userInfoSays(429, "", ""), kind: failure.Unable, says: "429", userInfo: 5},
		"userinfo is a web page":    {set: userInfoSays(200, "text/html", "<html>"), kind: failure.Unable, says: "a web page", userInfo: 1},
		"userinfo leads elsewhere":  {set: userInfoSays(302, "", ""), kind: failure.Unable, says: "a redirect", userInfo: 1},
		"there is no userinfo":      {set: func(s *authtest.Server, _ *User) { quiet(s); s.NoUserInfo = true }, want: asOfLogin},
		"there was no userinfo":     {set: func(s *authtest.Server, u *User) { quiet(s); u.Session.NoUserInfo = true }, want: asOfLogin},
		"userinfo moved":            {set: func(s *authtest.Server, u *User) { quiet(s); u.Session.UserInfoURL = s.URL + "/old/userinfo" }, userInfo: 1},
		"userinfo moved to nowhere": {set: func(s *authtest.Server, u *User) {
			quiet(s)
			s.NoUserInfo = true
			u.Session.UserInfoURL = s.URL + "/old/userinfo"
		}, want: asOfLogin},
		"userinfo of a foreign host":  {set: func(s *authtest.Server, u *User) { quiet(s); u.Session.UserInfoURL = "https://evil.test/userinfo" }, userInfo: 1},
		"a session that names nobody": {set: func(_ *authtest.Server, u *User) { u.Session.Subject = "" }, kind: failure.Refused, says: "the session is of the subject (none)"},
	} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			u, told := user(t, server)
			u.Session.Email = "jane@example.com"
			c.set(server, &u)
			old, err := u.Vault.Load()
			if err != nil {
				t.Fatal(err)
			}
			saved := u.Session
			u.SaveSession = func(s session.Session) error { saved = s; return nil }
			token, err := u.Renew(t.Context())
			kept, lost := u.Vault.Load()
			if lost != nil || len(*told) > 0 {
				t.Fatal(lost, *told)
			}
			if renewed := kept.Digest() != old.Digest(); renewed != (c.kind != failure.Refused) {
				t.Errorf("another refresh token is kept: %v", renewed)
			}
			if n := server.Requests(authtest.UserInfoPath); n != c.userInfo {
				t.Errorf("%d requests to userinfo, want %d", n, c.userInfo)
			}
			if c.kind != failure.OK {
				if err == nil || failure.CodeOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || !token.Access.Empty() {
					t.Errorf("Renew = %v of kind %s, want %s with %q and no token", err, failure.CodeOf(err), c.kind, c.says)
				}
				return
			}
			if err != nil || token.Access.Empty() || saved.AsOfLogin != (c.want == asOfLogin) {
				t.Errorf("Renew = %v, as of the login: %v", err, saved.AsOfLogin)
			}
		})
	}
}

// answerWith puts a text into the answer of a provider whose access tokens are
// opaque.
func answerWith(name, text string) func(*authtest.Server, *User) {
	return func(server *authtest.Server, _ *User) {
		server.Opaque = true
		server.SpoilAnswer = func(_ string, answer map[string]any) { answer[name] = text }
	}
}

// TestTheUserInfoEndpointIsLookedUpOnce: sessions of older versions do not know
// it, nor that there is none. Afterwards a renewal is two requests on one
// connection.
func TestTheUserInfoEndpointIsLookedUpOnce(t *testing.T) {
	for name, none := range map[string]bool{"there is one": false, "there is none": true} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			quiet(server)
			server.NoUserInfo = none
			u, _ := user(t, server)
			saves := 0
			save := u.SaveSession
			u.SaveSession = func(s session.Session) error { saves++; u.Session = s; return save(s) }
			for range 3 {
				if _, err := u.Renew(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n := server.Requests("/.well-known/openid-configuration"); n != 1 || saves != 1 {
				t.Errorf("%d discoveries, %d saves", n, saves)
			}
			if n := server.Connections(); n != 1 {
				t.Errorf("%d connections", n)
			}
			if want := server.URL + authtest.UserInfoPath; !none && (u.Session.UserInfoURL != want || server.Requests(authtest.UserInfoPath) != 3) {
				t.Errorf("kept %q, want %q; %d requests", u.Session.UserInfoURL, want, server.Requests(authtest.UserInfoPath))
			}
		})
	}
}

// TestASilentUserInfoEndpointEnds with the renewal's own time at the latest. The
// next refresh token is kept.
func TestASilentUserInfoEndpointEnds(t *testing.T) {
	server := authtest.New(t)
	quiet(server)
	u, _ := user(t, server)
	server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == authtest.UserInfoPath {
			<-r.Context().Done()
		}
		return r.URL.Path == authtest.UserInfoPath
	})
	old, err := u.Vault.Load()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := u.Renew(ctx); failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "could not be asked") {
		t.Errorf("Renew = %v", err)
	}
	if kept, err := u.Vault.Load(); err != nil || kept.Digest() == old.Digest() {
		t.Errorf("the next refresh token is not kept: %v", err)
	}
}

// TestUserInfoIsNotAskedOfAForeignHost: session.json alone sends no token away.
func TestUserInfoIsNotAskedOfAForeignHost(t *testing.T) {
	server, evil := authtest.New(t), authtest.New(t)
	quiet(server)
	u, _ := user(t, server)
	u.Session.UserInfoURL = evil.URL + authtest.UserInfoPath
	if _, err := u.Renew(t.Context()); err != nil || evil.Connections() > 0 {
		t.Errorf("Renew = %v, %d connections", err, evil.Connections())
	}
}

// TestNoSecretInAStrangersName: a server may put anything into a subject, and a
// piece of a secret is not shown either. Tokens of tests begin with the same word.
func TestNoSecretInAStrangersName(t *testing.T) {
	secretPart := func(token string) string { return token[strings.Index(token, "-")+1:] }
	for name, subject := range map[string]func(sent string, answer map[string]any) string{
		"the token that was sent":  func(sent string, _ map[string]any) string { return secretPart(sent) },
		"the new refresh token":    func(_ string, answer map[string]any) string { return secretPart(answer["refresh_token"].(string)) },
		"the access token":         func(_ string, answer map[string]any) string { return secretPart(answer["access_token"].(string)) },
		"a part of the new token":  func(_ string, answer map[string]any) string { return secretPart(answer["refresh_token"].(string))[:10] },
		"a long name":              func(string, map[string]any) string { return strings.Repeat("é", 3000) },
		"a name of several lines.": func(string, map[string]any) string { return "a\nb" },
	} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			server.Opaque = true
			u, _ := user(t, server)
			sent, err := u.Vault.Load()
			if err != nil {
				t.Fatal(err)
			}
			var said string
			server.SpoilAnswer = func(_ string, answer map[string]any) {
				said = subject(sent.Reveal(), answer)
				answer["id_token"] = unsigned(t, map[string]any{"iss": server.URL, "sub": said, "aud": authtest.ClientID})
			}
			_, err = u.Renew(t.Context())
			if failure.CodeOf(err) != failure.Refused || strings.Contains(err.Error(), said) || len(err.Error()) > 600 || strings.Contains(err.Error(), "\n") {
				t.Errorf("Renew = %v", err)
			}
		})
	}
}

// TestNoAssertionInAStrangersName is the same of a service account.
func TestNoAssertionInAStrangersName(t *testing.T) {
	server := authtest.New(t)
	server.Opaque = true
	var sent string
	server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		sent = r.PostFormValue("assertion")
		server.SpoilAnswer = func(_ string, answer map[string]any) {
			answer["id_token"] = unsigned(t, map[string]any{"iss": server.URL, "sub": sent[len(sent)-60:]})
		}
		return false
	})
	_, err := account(t, server).Renew(t.Context())
	if failure.CodeOf(err) != failure.Refused || sent == "" || strings.Contains(err.Error(), sent[len(sent)-60:]) {
		t.Errorf("Renew = %v", err)
	}
}

func TestATokenEndpointOfAnotherHostIsNotUsed(t *testing.T) {
	server, other := authtest.New(t), authtest.New(t)
	u, _ := user(t, server)
	u.SaveSession = func(s session.Session) error { t.Errorf("kept: %+v", s); return nil }
	u.Session.TokenURL = server.URL + "/oauth/v1/token"
	server.Endpoints = claim("token_endpoint", other.URL+"/oauth/v2/token")
	_, err := u.Renew(t.Context())
	if failure.CodeOf(err) != failure.LoginNeeded || !strings.Contains(err.Error(), "moved its token endpoint") || other.Connections() > 0 {
		t.Errorf("Renew = %v, %d connections", err, other.Connections())
	}
}

// account is a service account's source.
func account(t *testing.T, server *authtest.Server) Account {
	t.Helper()
	key, err := keyfile.Parse(secret.New(server.KeyFile(t, "https://api.datum.test")))
	if err != nil {
		t.Fatal(err)
	}
	return Account{Load: func() (keyfile.Key, error) { return key, nil }, Client: client(t, server), Notify: func(string) {}}
}

// TestWhoseAnAccountsAnswerIs: what the tokens say must be the key's account. No
// request is made to find out.
func TestWhoseAnAccountsAnswerIs(t *testing.T) {
	idToken := func(server *authtest.Server, subject string) {
		server.SpoilAnswer = func(_ string, answer map[string]any) {
			answer["id_token"] = unsigned(t, map[string]any{"iss": server.URL, "sub": subject, "aud": "x"})
		}
	}
	for name, c := range map[string]struct {
		set     func(*authtest.Server)
		refused bool
	}{
		"JWT":                   {func(*authtest.Server) {}, false},
		"JWT of another":        {func(s *authtest.Server) { s.AccountSubject = "4712" }, true},
		"JWT of another issuer": {func(s *authtest.Server) { s.AccountSubject, s.SpoilAccess = "4712", claim("iss", "https://sts.test") }, false},
		"opaque":                {func(s *authtest.Server) { s.AccountSubject, s.Opaque = "4712", true }, false},
		"ID token":              {func(s *authtest.Server) { s.Opaque = true; idToken(s, "4711") }, false},
		"ID token of another":   {func(s *authtest.Server) { s.Opaque = true; idToken(s, "4712") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			c.set(server)
			token, err := account(t, server).Renew(t.Context())
			if c.refused && (failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), "of the subject 4712") || !strings.Contains(err.Error(), "is of the subject 4711") || !token.Access.Empty()) {
				t.Errorf("Renew = %v, want a refusal that names both", err)
			}
			if !c.refused && (err != nil || token.Access.Empty()) {
				t.Errorf("Renew = %v", err)
			}
			if n := server.Requests(authtest.UserInfoPath) + server.Requests("/.well-known/openid-configuration"); n > 0 {
				t.Errorf("%d more requests", n)
			}
		})
	}
}

// unsigned is a JWT with claims and no good signature.
func unsigned(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"
}
