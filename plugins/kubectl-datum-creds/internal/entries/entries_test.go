package entries

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
)

// set is a kubeconfig of the text.
func set(t *testing.T, text string) kubeconfig.Set {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := kubeconfig.Read([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhoseAnEntryIs(t *testing.T) {
	exec := func(command string, args ...string) User { return User{Exec: &Exec{Command: command, Args: args}} }
	for name, c := range map[string]struct {
		user      User
		session   string
		datumctls string
		is        bool
	}{
		"no exec":              {User{}, "", "", false},
		"ours":                 {OfSession("jane", "Never"), "jane", "", false},
		"ours, by a path":      {exec("/opt/bin/kubectl-datum_creds", "get-token", "--session=jane"), "jane", "", false},
		"ours, on Windows":     {exec(`C:\krew\bin\kubectl-datum_creds.exe`, "get-token", "--session", "jane"), "jane", "", false},
		"ours, of a key":       {exec(Command, "get-token", "--credentials", "/k"), "", "", false},
		"ours, cut short":      {exec(Command, "get-token", "--session"), "", "", false},
		"of a like name":       {exec("kubectl-datum_creds2", "get-token", "--session", "jane"), "", "", false},
		"datumctl":             {exec("/usr/bin/datumctl", "auth", "get-token", "--output=x", "--session=work"), "", "work", true},
		"datumctl, whoever":    {exec("datumctl", "auth", "get-token"), "", "", true},
		"datumctl, other work": {exec("datumctl", "auth", "list"), "", "", false},
		"datumctl, no words":   {exec("datumctl"), "", "", false},
		"somebody else's":      {exec("aws", "eks", "get-token", "--session", "x"), "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.user.Session(); got != c.session {
				t.Errorf("Session = %q, want %q", got, c.session)
			}
			if got, is := c.user.Datumctl(); got != c.datumctls || is != c.is {
				t.Errorf("Datumctl = %q, %v", got, is)
			}
		})
	}
}

// existing is a kubeconfig with a context of session jane, with what its owner
// has added, and one of somebody else's.
const existing = `apiVersion: v1
kind: Config
clusters:
- name: p
  cluster: {server: https://api.test/p, proxy-url: socks5://x}
- name: other
  cluster: {server: https://other.test}
users:
- name: datum-creds:jane
  user: {exec: {apiVersion: v1, command: kubectl-datum_creds, args: [get-token, --session, jane]}}
- name: me
  user: {token: x}
contexts:
- name: p
  context: {cluster: p, user: datum-creds:jane, namespace: mine, extensions: [{name: e}]}
- name: second
  context: {cluster: other, user: datum-creds:jane}
- name: other
  context: {cluster: other, user: me}
`

func names(change kubeconfig.Change) (written, removed []string) {
	for _, e := range change.Entries {
		name := string(e.Section) + "/" + e.Name
		if e.Value == nil {
			removed = append(removed, name)
			continue
		}
		written = append(written, name)
	}
	return written, removed
}

func TestAdd(t *testing.T) {
	for name, c := range map[string]struct {
		wish Wish
		says string // of a refusal; empty: none
	}{
		"new":                   {Wish{Name: "new", Session: "jane", Cluster: NewCluster("https://api.test/new", nil)}, ""},
		"again":                 {Wish{Name: "p", Session: "jane", Cluster: NewCluster("https://api.test/p", nil)}, ""},
		"another server":        {Wish{Name: "p", Session: "jane", Cluster: NewCluster("https://evil.test/p", nil)}, "a cluster p already, for https://api.test/p"},
		"another session":       {Wish{Name: "p", Session: "joe", Cluster: NewCluster("https://api.test/p", nil)}, "a context p already, for the user datum-creds:jane"},
		"a context of others'":  {Wish{Name: "other", Session: "jane", Cluster: NewCluster("https://other.test", nil)}, "a context other already, for the user me"},
		"a session of no entry": {Wish{Name: "new", Session: "joe", Cluster: NewCluster("https://api.test/new", []byte("PEM"))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			change, err := c.wish.Add(set(t, existing))
			if c.says != "" {
				if failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Add = %v, want a refusal with %q", err, c.says)
				}
				return
			}
			written, removed := names(change)
			want := []string{"clusters/" + c.wish.Name, "users/datum-creds:" + c.wish.Session, "contexts/" + c.wish.Name}
			if err != nil || !slices.Equal(written, want) || len(removed) > 0 || change.Current != nil {
				t.Errorf("Add = %v, %v, %v", written, removed, err)
			}
		})
	}
}

// TestAddKeepsWhatIsThere: a namespace, a proxy, extensions.
func TestAddKeepsWhatIsThere(t *testing.T) {
	change, err := Wish{Name: "p", Session: "jane", Cluster: NewCluster("https://api.test/p", nil), Switch: true}.Add(set(t, existing))
	if err != nil || change.Current == nil || *change.Current != "p" {
		t.Fatalf("Add = %+v, %v", change, err)
	}
	cluster, context := change.Entries[0].Value.(Cluster), change.Entries[2].Value.(Context)
	if cluster.Rest["proxy-url"] != "socks5://x" || context.Namespace != "mine" || context.Rest["extensions"] == nil {
		t.Errorf("lost: %+v, %+v", cluster, context)
	}
}

// TestTheModeStays: all contexts of a session share its entry, and adding one
// does not change how the others are signed in.
func TestTheModeStays(t *testing.T) {
	has := func(mode string) string {
		return strings.Replace(existing, "[get-token, --session, jane]}", "[get-token, --session, jane], interactiveMode: "+mode+"}", 1)
	}
	for name, c := range map[string]struct{ config, wanted, want string }{
		"kept":           {has("IfAvailable"), "", "IfAvailable"},
		"changed":        {has("IfAvailable"), "Never", "Never"},
		"none so far":    {existing, "", "Never"},
		"no such mode":   {has("Sometimes"), "", "Never"},
		"a new session":  {"", "", "Never"},
		"new, and asked": {"", "Always", "Always"},
	} {
		t.Run(name, func(t *testing.T) {
			change, err := Wish{Name: "new", Session: "jane", Mode: c.wanted, Cluster: NewCluster("https://api.test/new", nil)}.Add(set(t, c.config))
			if err != nil {
				t.Fatal(err)
			}
			if got := change.Entries[1].Value.(User).Exec.InteractiveMode; got != c.want {
				t.Errorf("interactiveMode = %s, want %s", got, c.want)
			}
		})
	}
	if got := NewUser("").Exec.InteractiveMode; got != "Never" {
		t.Errorf("interactiveMode = %s", got)
	}
}

func TestRemove(t *testing.T) {
	for name, c := range map[string]struct {
		removed []string
		kind    failure.Code
		says    string
	}{
		"p":      {[]string{"contexts/p", "clusters/p"}, failure.OK, ""}, // another context has the user
		"second": {[]string{"contexts/second"}, failure.OK, ""},          // and the cluster
		"other":  {nil, failure.Refused, "not made by this plugin"},      // not ours
		"none":   {nil, failure.BadInput, "has no context none"},         // not there
		"":       {nil, failure.BadInput, "the kubeconfig has no con"},   // no name
	} {
		t.Run(name, func(t *testing.T) {
			change, err := Wish{Name: name}.Remove(set(t, existing))
			_, removed := names(change)
			if !slices.Equal(removed, c.removed) {
				t.Errorf("Remove = %v", removed)
			}
			if (err != nil) != (c.says != "") || err != nil && (failure.CodeOf(err) != c.kind || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("Remove = %v, want %q", err, c.says)
			}
		})
	}
}

const datumctls = `apiVersion: v1
kind: Config
clusters:
- name: one
  cluster: {server: https://api.test/apis/resourcemanager.miloapis.com/v1alpha1/projects/one/control-plane}
- name: foreign
  cluster: {server: https://foreign.test}
users:
- name: datum-user
  user: {exec: {apiVersion: v1, command: /usr/bin/datumctl, args: [auth, get-token, --session=work]}}
- name: me
  user: {token: x}
contexts:
- name: one
  context: {cluster: one, user: datum-user, namespace: mine}
- name: foreign
  context: {cluster: foreign, user: datum-user}
- name: mine
  context: {cluster: one, user: me}
`

func TestConversion(t *testing.T) {
	var skipped []string
	conversion := Conversion{
		SessionFor: func(named string) (session.Session, error) {
			return session.Session{Name: "pinned-" + named, API: "https://api.test"}, nil
		},
		Mode: "Never", Skipped: func(context, why string) { skipped = append(skipped, context+" "+why) },
	}
	change, err := conversion.Change(set(t, datumctls))
	written, removed := names(change)
	if err != nil || !slices.Equal(written, []string{"users/datum-creds:pinned-work", "contexts/one"}) || len(removed) > 0 {
		t.Errorf("Change = %v, %v, %v", written, removed, err) // datum-user stays: the foreign context needs it
	}
	if len(skipped) != 1 || !strings.Contains(skipped[0], "foreign its server https://foreign.test is not a control plane") {
		t.Errorf("skipped: %q", skipped)
	}
	onlyOurs := strings.Replace(datumctls, "{cluster: foreign, user: datum-user}", "{cluster: foreign, user: me}", 1)
	change, err = conversion.Change(set(t, onlyOurs))
	if _, removed := names(change); err != nil || !slices.Equal(removed, []string{"users/datum-user"}) {
		t.Errorf("Change removes %v, %v", removed, err)
	}
	lost := errors.New("no such session")
	conversion.SessionFor = func(string) (session.Session, error) { return session.Session{}, lost }
	if _, err := conversion.Change(set(t, datumctls)); !errors.Is(err, lost) {
		t.Errorf("Change = %v", err)
	}
}

// TestEntriesThatAreNone: a broken entry is an error, and no guess.
func TestEntriesThatAreNone(t *testing.T) {
	broken := strings.Replace(existing, "context: {cluster: p,", "context: [cluster: p,", 1)
	broken = strings.Replace(broken, "extensions: [{name: e}]}", "extensions: [{name: e}]]", 1)
	if _, err := (Wish{Name: "p", Session: "jane", Cluster: NewCluster("https://api.test/p", nil)}).Add(set(t, broken)); err == nil {
		t.Error("Add takes a list for a context")
	}
	if _, err := (Wish{Name: "second"}).Remove(set(t, broken)); err == nil {
		t.Error("Remove does not see that it cannot tell who needs the user")
	}
}
