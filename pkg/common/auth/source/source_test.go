package source

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// client is one that does not sleep between attempts.
func client(t *testing.T, server *authtest.Server) *oauth.Client {
	t.Helper()
	c, err := oauth.NewClient(server.CAFile, "test")
	if err != nil {
		t.Fatal(err)
	}
	c.Sleep = func(context.Context, time.Duration) error { return nil }
	return c
}

// answers makes the provider answer each token request so.
func answers(server *authtest.Server, status int, body string) {
	server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path != "/oauth/v2/token" {
			return false
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	})
}

// user is a session with a refresh token, and what it tells the user.
func user(t *testing.T, server *authtest.Server) (User, *[]string) {
	t.Helper()
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("s")
	s := session.Session{
		Name: "s", Type: session.User, Subject: "user-1", Storage: session.File, Issuer: server.URL, ClientID: authtest.ClientID,
		TokenURL: server.URL + "/oauth/v2/token", API: "https://api.datum.test",
	}
	kept, err := vault.Open(s, place, vault.Access{})
	if err == nil {
		err = kept.Save(secret.New(server.NewRefreshToken()))
	}
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	return User{
		Session: s, Vault: kept, Client: client(t, server), SaveSession: place.SaveSession,
		Notify: func(line string) { told = append(told, line) },
	}, &told
}

func TestUserKeepsTheNewRefreshToken(t *testing.T) {
	server := authtest.New(t)
	u, told := user(t, server)
	old, err := u.Vault.Load()
	if err != nil {
		t.Fatal(err)
	}
	token, err := u.Renew(t.Context())
	if err != nil || token.Access.Empty() || token.Expires.Before(time.Now().Add(59*time.Minute)) {
		t.Fatalf("Renew = %+v, %v", token, err)
	}
	if kept, err := u.Vault.Load(); err != nil || kept.Digest() == old.Digest() {
		t.Errorf("the new refresh token is not kept: %v", err)
	}
	if _, err := u.Renew(t.Context()); err != nil || len(*told) > 0 {
		t.Errorf("second Renew: %v, told %q", err, *told)
	}
}

// stuck is a vault that promises to take a secret, and does not.
type stuck struct{ vault.Vault }

func (s stuck) Reserve(secret.Text) (vault.Reservation, error) { return s, nil }

func (stuck) Save(secret.Text) error { return errors.New("the disk is full") }

func (stuck) Release() {}

// full is a vault that takes nothing more, and says so.
type full struct{ vault.Vault }

func (full) Reserve(secret.Text) (vault.Reservation, error) {
	return nil, errors.New("the disk is full")
}

// TestUserIsNotRenewedWhereNothingCanBeSaved: the server would use up the only
// refresh token that there is.
func TestUserIsNotRenewedWhereNothingCanBeSaved(t *testing.T) {
	server := authtest.New(t)
	u, _ := user(t, server)
	u.Vault = full{u.Vault}
	if _, err := u.Renew(t.Context()); failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "session s is not renewed") {
		t.Errorf("Renew = %v", err)
	}
	if n := server.Requests("/oauth/v2/token"); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestUserIsToldOfATokenThatCannotBeSaved(t *testing.T) {
	server := authtest.New(t)
	u, told := user(t, server)
	u.Vault = stuck{u.Vault}
	token, err := u.Renew(t.Context())
	if err != nil || token.Access.Empty() {
		t.Fatalf("Renew = %v", err)
	}
	if said := strings.Join(*told, ""); !strings.Contains(said, "the disk is full") || !strings.Contains(said, "login --name 's'") {
		t.Errorf("told %q", said)
	}
}

// TestWhyUserGivesNoToken: each answer of a server's is a kind of failure, and
// no text holds the refresh token.
func TestWhyUserGivesNoToken(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   failure.Code
		says   string
	}{
		"ended":                {400, `{"error":"invalid_grant","error_description":"Refresh token revoked"}`, failure.LoginNeeded, "session s has ended"},
		"login required":       {400, `{"error":"login_required"}`, failure.LoginNeeded, "session s has ended"},
		"interaction required": {400, `{"error":"interaction_required"}`, failure.LoginNeeded, "session s has ended"},
		"consent required":     {401, `{"error":"consent_required"}`, failure.LoginNeeded, "session s has ended"},
		"no account selected":  {400, `{"error":"account_selection_required"}`, failure.LoginNeeded, "session s has ended"},
		"an empty refusal":     {400, ``, failure.Unable, "session s: renew"},
		"an empty 401":         {401, ``, failure.Unable, "session s: renew"},
		"a web page, 400":      {400, `<html>sign in to the proxy</html>`, failure.Unable, "session s: renew"},
		"a web page, 401":      {401, `<html>sign in to the proxy</html>`, failure.Unable, "session s: renew"},
		"JSON of another kind": {400, `{"error":{"code":"invalid_grant"}}`, failure.Unable, "session s: renew"},
		"a code of another":    {400, `{"error":"invalid_scope"}`, failure.Unable, "invalid_scope"},
		"client is unknown":    {401, `{"error":"invalid_client"}`, failure.Unable, "invalid_client"},
		"server is down":       {503, `<html>maintenance</html>`, failure.Unable, "503"},
		"too many requests":    {429, `{}`, failure.Unable, "429"},
		"an answer of another": {200, `<html>hello</html>`, failure.Unable, "session s: renew"},
		"no token":             {200, `{}`, failure.Unable, "session s: renew"},
		"a redirect":           {302, ``, failure.Unable, "302"},
	} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			u, _ := user(t, server)
			answers(server, c.status, c.body)
			kept, err := u.Vault.Load()
			if err != nil {
				t.Fatal(err)
			}
			_, err = u.Renew(t.Context())
			if err == nil || failure.CodeOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), kept.Reveal()) {
				t.Errorf("Renew = %v of kind %s, want %s with %q", err, failure.CodeOf(err), c.kind, c.says)
			}
			if after, err := u.Vault.Load(); err != nil || after.Digest() != kept.Digest() {
				t.Errorf("the refresh token is not what it was: %v", err)
			}
		})
	}
}

func TestUserWithoutARefreshToken(t *testing.T) {
	u, _ := user(t, authtest.New(t))
	if err := u.Vault.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Renew(t.Context()); failure.CodeOf(err) != failure.LoginNeeded || !errors.Is(err, vault.ErrNone) {
		t.Errorf("Renew = %v", err)
	}
}

func TestUserFollowsAnEndpointThatMoved(t *testing.T) {
	server := authtest.New(t)
	u, told := user(t, server)
	u.Session.TokenURL = server.URL + "/oauth/v1/token"
	u.SaveSession = func(s session.Session) error {
		if s.TokenURL != server.URL+"/oauth/v2/token" {
			t.Errorf("kept: %s", s.TokenURL)
		}
		return errors.New("read-only")
	}
	if _, err := u.Renew(t.Context()); err != nil || len(*told) != 1 || !strings.Contains((*told)[0], "read-only") {
		t.Errorf("Renew = %v, told %q", err, *told)
	}
}

func TestWhyAccountGivesNoToken(t *testing.T) {
	server := authtest.New(t)
	key, err := keyfile.Parse(secret.New(server.KeyFile(t, "https://api.datum.test")))
	if err != nil {
		t.Fatal(err)
	}
	account := Account{Load: func() (keyfile.Key, error) { return key, nil }, Client: client(t, server), Notify: func(string) {}}
	if token, err := account.Renew(t.Context()); err != nil || token.Access.Empty() {
		t.Fatalf("Renew = %v", err)
	}
	for name, c := range map[string]struct {
		status int
		body   string
		kind   failure.Code
	}{
		"removed":     {400, `{"error":"invalid_grant"}`, failure.LoginNeeded},
		"not known":   {401, `{"error":"invalid_client"}`, failure.LoginNeeded},
		"not allowed": {400, `{"error":"unauthorized_client"}`, failure.LoginNeeded},
		"wrong scope": {400, `{"error":"invalid_scope"}`, failure.Unable},
		"down":        {500, ``, failure.Unable},
		"empty":       {400, ``, failure.Unable},
		"empty 401":   {401, ``, failure.Unable},
		"a web page":  {400, `<html>`, failure.Unable},
		"other JSON":  {401, `{"message":"invalid_grant"}`, failure.Unable},
	} {
		t.Run(name, func(t *testing.T) {
			answers(server, c.status, c.body)
			_, err := account.Renew(t.Context())
			if failure.CodeOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), "robot@default.p1.iam.datum.test") {
				t.Errorf("Renew = %v of kind %s, want %s", err, failure.CodeOf(err), c.kind)
			}
		})
	}
	account.Load = func() (keyfile.Key, error) { return keyfile.Key{}, errors.New("no key") }
	if _, err := account.Renew(t.Context()); err == nil || err.Error() != "no key" {
		t.Errorf("Renew without a key = %v", err)
	}
}

func TestAmbientExchanges(t *testing.T) {
	server := authtest.New(t)
	var asked string
	ambient := Ambient{
		Session: session.Session{Name: "ci", TokenURL: server.URL + "/oauth/v2/token", API: "https://api.datum.test", Audience: "datum", ClientID: "c"},
		Identity: func(_ context.Context, audience string) (secret.Text, error) {
			asked = audience
			return secret.New("an.identity.token"), nil
		},
		Client: client(t, server),
	}
	server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.FormValue("subject_token") != "an.identity.token" || r.FormValue("audience") != "https://api.datum.test" || r.FormValue("client_id") != "c" || r.Form.Has("scope") {
			t.Errorf("sent: %v", r.Form)
		}
		return false
	})
	if token, err := ambient.Renew(t.Context()); err != nil || token.Access.Empty() || asked != "datum" {
		t.Errorf("Renew = %v, asked for %q", err, asked)
	}
	answers(server, 400, `{"error":"invalid_target"}`)
	if _, err := ambient.Renew(t.Context()); failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "session ci") || strings.Contains(err.Error(), "an.identity.token") {
		t.Errorf("Renew = %v", err)
	}
	ambient.Identity = func(context.Context, string) (secret.Text, error) { return secret.Text{}, errors.New("no identity") }
	if _, err := ambient.Renew(t.Context()); err == nil || err.Error() != "no identity" {
		t.Errorf("Renew = %v", err)
	}
}

func TestWithExpiry(t *testing.T) {
	issued := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	exp := fmt.Sprintf(`{"exp":%d}`, issued.Add(time.Hour).Unix())
	for name, c := range map[string]struct {
		token     string
		told      time.Time
		serverNow time.Time
		want      time.Time
	}{
		"the server said":      {jwt(exp), issued.Add(time.Minute), time.Time{}, issued.Add(time.Minute)},
		"the token says":       {jwt(exp), time.Time{}, time.Time{}, issued.Add(time.Hour)},
		"by a clock ahead":     {jwt(exp), time.Time{}, issued.Add(10 * time.Minute), issued.Add(50 * time.Minute)},
		"not a JWT":            {"opaque", time.Time{}, time.Time{}, time.Time{}},
		"no JSON":              {"e30.bm90IGpzb24.c2ln", time.Time{}, time.Time{}, time.Time{}},
		"no base64":            {"a.!.c", time.Time{}, time.Time{}, time.Time{}},
		"without an end":       {jwt(`{}`), time.Time{}, time.Time{}, time.Time{}},
		"an end before time":   {jwt(`{"exp":-1}`), time.Time{}, time.Time{}, time.Time{}},
		"an end after all":     {jwt(`{"exp":1e300}`), time.Time{}, time.Time{}, time.Time{}},
		"an end that is words": {jwt(`{"exp":"soon"}`), time.Time{}, time.Time{}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := WithExpiry(store.Token{Access: secret.New(c.token), Issued: issued, Expires: c.told}, c.serverNow)
			if !got.Expires.Equal(c.want) {
				t.Errorf("Expires = %s, want %s", got.Expires, c.want)
			}
		})
	}
}
