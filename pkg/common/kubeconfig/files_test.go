package kubeconfig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func TestPaths(t *testing.T) {
	sep := string(os.PathListSeparator)
	env := func(value string) func(string) string { return func(string) string { return value } }
	for name, c := range map[string]struct {
		explicit, list string
		want           []string
	}{
		"named":   {"x", "a" + sep + "b", []string{"x"}},
		"list":    {"", "a" + sep + sep + "b" + sep + "a", []string{"a", "b"}},
		"default": {"", "", []string{filepath.Join("h", ".kube", "config")}},
		"empty":   {"", sep, []string{filepath.Join("h", ".kube", "config")}},
	} {
		if got := Paths(c.explicit, env(c.list), "h"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func update(t *testing.T, paths []string, change Change) []Edited {
	t.Helper()
	edited, err := Update(context.Background(), paths, func(Set) (Change, error) { return change, nil })
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

// TestListsAsKubectl edits a list of files, and lets kubectl's own code say
// what they mean.
func TestListsAsKubectl(t *testing.T) {
	dir := t.TempDir()
	one, two, three := filepath.Join(dir, "one"), filepath.Join(dir, "two"), filepath.Join(dir, "three")
	if err := os.WriteFile(two, []byte("users:\n- name: u2\n  user: {token: old}\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(three, []byte("current-context: c3\nusers:\n- name: u3\n  user: {token: old}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	current := "mine"
	update(t, []string{one, two, three}, Change{Current: &current, Entries: []Entry{
		{Users, "u3", map[string]any{"token": "new"}},
		{Users, "new", map[string]any{"token": "new"}},
		{Contexts, "mine", map[string]any{"user": "new", "cluster": "c"}},
	}})
	rules := clientcmd.ClientConfigLoadingRules{Precedence: []string{one, two, three}}
	got, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got.CurrentContext != "mine" || got.AuthInfos["u3"].Token != "new" || got.AuthInfos["u2"].Token != "old" {
		t.Errorf("%+v", got)
	}
	if got.AuthInfos["new"].LocationOfOrigin != two || got.AuthInfos["u3"].LocationOfOrigin != three {
		t.Errorf("new is in %s, u3 in %s", got.AuthInfos["new"].LocationOfOrigin, got.AuthInfos["u3"].LocationOfOrigin)
	}
	if _, err := os.Stat(one); err == nil {
		t.Error("a file was made that kubectl would not have made")
	}
	if info, err := os.Stat(two); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.lock")); len(left) > 0 {
		t.Errorf("locks left: %v", left)
	}
}

func TestNewFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "config")
	update(t, []string{path}, addUser("a"))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if again := update(t, []string{path}, addUser("a")); len(again) != 0 {
		t.Errorf("changed a second time: %s", again[0].After)
	}
}

func TestALinkStaysOne(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(target, nil, 0o600), os.Symlink(target, link)); err != nil {
		t.Fatal(err)
	}
	update(t, []string{link}, addUser("a"))
	if points, err := os.Readlink(link); err != nil || points != target {
		t.Errorf("link: %s, %v", points, err)
	}
	if text, err := os.ReadFile(target); err != nil || len(text) == 0 {
		t.Errorf("real: %d bytes, %v", len(text), err)
	}
}

func TestKubectlsLockIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path+".lock", nil, 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Update(ctx, []string{path}, func(Set) (Change, error) { return addUser("a"), nil }); err == nil {
		t.Error("written in spite of the lock")
	}
	if _, err := os.Stat(path + ".lock"); err != nil {
		t.Error("another program's lock was removed")
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	var all sync.WaitGroup
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, name := range names {
		all.Go(func() { update(t, []string{path}, addUser(name)) })
	}
	all.Wait()
	s, err := Read([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Names(Users)
	slices.Sort(got)
	if !slices.Equal(got, names) {
		t.Errorf("users: %v", got)
	}
}
