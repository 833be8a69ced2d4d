package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a kubeconfig and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// entry is a kubeconfig of one context, cluster and user.
func entry(context, cluster, server, user, token string) string {
	return `
apiVersion: v1
kind: Config
current-context: "` + context + `"
contexts: [{name: "` + context + `", context: {cluster: "` + cluster + `", user: "` + user + `", namespace: team}}]
clusters: [{name: "` + cluster + `", cluster: {server: "` + server + `"}}]
users: [{name: "` + user + `", user: {token: ` + token + `}}]
`
}

// load reads kubeconfigs as $KUBECONFIG names them.
func loadAll(t *testing.T, paths ...string) *Files {
	t.Helper()
	t.Setenv("KUBECONFIG", strings.Join(paths, string(filepath.ListSeparator)))
	files, err := LoadDefault()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCrossing: where kubectl would send the first file's token to the second
// file's server, ours takes the entries of the context's own file, and says so.
func TestCrossing(t *testing.T) {
	a := write(t, "a", entry("one", "c1", "https://a.example.com", "admin", "token-a"))
	b := write(t, "b", entry("two", "c2", "https://b.example.com", "admin", "token-b"))
	member, warnings, err := loadAll(t, a, b).Member(Access{}, "two")
	if err != nil || member.Config.BearerToken != "token-b" || member.Config.Host != "https://b.example.com" {
		t.Errorf("token %q to %s, %v", member.Config.BearerToken, member.Config.Host, err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], `user "admin"`) || !strings.Contains(warnings[0], a) {
		t.Errorf("warnings %q", warnings)
	}
	if _, warnings, _ := loadAll(t, a, b).Member(Access{}, "one"); len(warnings) > 0 {
		t.Errorf("warnings %q", warnings)
	}
}

// TestEntriesOfAnotherFile: some keep users apart; that works as with kubectl,
// with a warning.
func TestEntriesOfAnotherFile(t *testing.T) {
	rest, users, _ := strings.Cut(entry("one", "c1", "https://a.example.com", "admin", "token-a"), "users:")
	a := write(t, "a", rest)
	b := write(t, "b", "apiVersion: v1\nkind: Config\nusers:"+users)
	member, warnings, err := loadAll(t, a, filepath.Join(t.TempDir(), "missing"), b).Member(Access{}, "one")
	if err != nil || member.Config.BearerToken != "token-a" || len(warnings) != 1 {
		t.Errorf("token %q, %q, %v", member.Config.BearerToken, warnings, err)
	}
}

func TestMatchContexts(t *testing.T) {
	a := write(t, "a", entry("arn:aws:eks:eu-west-1:1:cluster/prod", "c", "https://a.example.com", "u", "t"))
	b := write(t, "b", entry("group/project:agent", "c", "https://b.example.com", "u", "t"))
	c := write(t, "c", entry("odd*name", "c", "https://c.example.com", "u", "t"))
	files := loadAll(t, a, b, c)
	for pattern, want := range map[string]int{
		"arn:aws:eks:eu-west-1:1:cluster/prod": 1, "*": 3, "group/project:agent": 1, "*:agent": 1, "odd*name": 1, "o*": 1, "none*": 0, "arn": 0,
	} {
		if got := files.Match(pattern); len(got) != want {
			t.Errorf("%q matches %q", pattern, got)
		}
	}
}

// TestPathsAreOfTheirFile: relative paths are relative to the kubeconfig.
func TestPathsAreOfTheirFile(t *testing.T) {
	text := strings.Replace(entry("one", "c", "https://a.example.com", "u", "t"), "token: t", "tokenFile: token", 1)
	path := write(t, "a", text)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "token"), []byte("from-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	member, _, err := files.Member(Access{As: "bot", AsGroups: []string{"ops"}}, "one")
	if err != nil || member.Config.BearerToken != "from-file" {
		t.Errorf("token %q, %v", member.Config.BearerToken, err)
	}
	if member.Config.Impersonate.UserName != "bot" || member.Namespace != "team" {
		t.Errorf("%+v, namespace %q", member.Config.Impersonate, member.Namespace)
	}
}

// TestErrorsQuoteNothing: what cannot be parsed may hold credentials.
func TestErrorsQuoteNothing(t *testing.T) {
	for _, text := range []string{
		"users: [{name: u, user: {token: {a: hunter2}}}]", "users: hunter2", "x: [hunter2", "*hunter2", "{\"users\": [\"hunter2\"",
		"users: [{name: u, user: {client-key-data: '!hunter2'}}]",
	} {
		_, err := LoadFile(write(t, "a", text))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
