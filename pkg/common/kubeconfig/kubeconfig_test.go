package kubeconfig

import (
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func apply(t *testing.T, text string, change Change) string {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Apply(change)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientcmd.Load(got.Text()); err != nil {
		t.Errorf("clientcmd cannot read the result: %v\n%s", err, got.Text())
	}
	return string(got.Text())
}

func addUser(name string) Change {
	return Change{Entries: []Entry{{Users, name, map[string]any{"token": "x"}}}}
}

const odd = `# my clusters
kind:   Config
apiVersion: v1
users:
    # work
    -   name: 'work'
        user: {token: "a"}   # short

    # home, do not touch
    -   user:
            password: b
            username: c
        name: home
# the contexts
contexts: []
unknown-field: [1,   2]
current-context: "work"
clusters:
- name: c1
  cluster: {server: https://c1}
`

func TestOtherLinesStayToTheByte(t *testing.T) {
	got := apply(t, odd, addUser("new"))
	want := strings.Replace(odd, "        name: home\n", "        name: home\n    - name: new\n      user:\n        token: x\n", 1)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if back := apply(t, got, Change{Entries: []Entry{{Users, "new", nil}}}); back != odd {
		t.Errorf("taken back:\n%s\nwant:\n%s", back, odd)
	}
}

func TestReplaceAndRemove(t *testing.T) {
	got := apply(t, odd, addUser("work"))
	want := strings.Replace(odd, "    -   name: 'work'\n        user: {token: \"a\"}   # short\n", "    - name: work\n      user:\n        token: x\n", 1)
	if got != want {
		t.Errorf("replaced:\n%s\nwant:\n%s", got, want)
	}
	got = apply(t, odd, Change{Entries: []Entry{{Users, "work", nil}}})
	if strings.Contains(got, "short") || !strings.Contains(got, "# home, do not touch") {
		t.Errorf("removed:\n%s", got)
	}
	got = apply(t, odd, Change{Entries: []Entry{{Clusters, "c1", nil}, {Clusters, "none", nil}}})
	if !strings.HasSuffix(got, "clusters: null\n") {
		t.Errorf("the last one removed:\n%s", got)
	}
}

func TestSectionsAndScalars(t *testing.T) {
	current := "new context"
	got := apply(t, odd, Change{Entries: []Entry{{Contexts, "k", map[string]any{"cluster": "c1", "user": "work"}}}, Current: &current})
	want := strings.Replace(odd, "contexts: []\n", "contexts:\n- context:\n    cluster: c1\n    user: work\n  name: k\n", 1)
	want = strings.Replace(want, `current-context: "work"`, "current-context: new context", 1)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	f, err := Parse([]byte(got))
	if err != nil || f.Current() != current || !f.Has(Contexts, "k") {
		t.Errorf("%v\n%s", err, got)
	}
	if !strings.Contains(got, "unknown-field: [1,   2]\n") || !strings.Contains(got, "# my clusters\nkind:   Config\n") {
		t.Errorf("other lines changed:\n%s", got)
	}
}

func TestLayouts(t *testing.T) {
	current := "a"
	change := Change{Entries: []Entry{
		{Clusters, "a", map[string]any{"server": "https://a"}},
		{Users, "a", map[string]any{"token": "x"}},
		{Contexts, "a", map[string]any{"cluster": "a", "user": "a"}},
	}, Current: &current}
	for name, text := range map[string]string{
		"nothing":         "",
		"only a comment":  "# mine\n",
		"null":            "null\n",
		"empty lists":     "apiVersion: v1\nkind: Config\nclusters: []\nusers: null\ncontexts:\n",
		"no line end":     "apiVersion: v1\nkind: Config\nusers:\n- name: b\n  user: {}",
		"JSON":            `{"apiVersion":"v1","kind":"Config","users":[{"name":"b","user":{"token":"t"}}],"clusters":null}`,
		"flow lists":      "apiVersion: v1\nkind: Config\nusers: [{name: b, user: {token: t}}]\n",
		"document marks":  "---\napiVersion: v1\nkind: Config\nusers:\n- name: b\n  user: {}\n...\n",
		"windows":         "apiVersion: v1\r\nkind: Config\r\nusers:\r\n- name: b\r\n  user:\r\n    token: t\r\ncontexts: []\r\n",
		"anchors":         "apiVersion: v1\nkind: Config\nusers:\n- name: b\n  user: &u {token: t}\n- name: c\n  user: *u\n",
		"last is a block": "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers:\n- name: b\n  user:\n    token: |\n      y\n\n",
		"indented keys":   "  apiVersion: v1\n  kind: Config\n  users:\n  - name: b\n    user: {}\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := apply(t, text, change)
			config, err := clientcmd.Load([]byte(strings.ReplaceAll(got, "\r", "")))
			if err != nil || config.CurrentContext != "a" || config.Clusters["a"].Server != "https://a" || config.Contexts["a"].AuthInfo != "a" {
				t.Fatalf("%v\n%s", err, got)
			}
			if again := apply(t, got, change); again != got {
				t.Errorf("not the same a second time:\n%s\n--\n%s", got, again)
			}
			for _, e := range []Entry{{Clusters, "a", nil}, {Users, "a", nil}, {Contexts, "a", nil}} {
				got = apply(t, got, Change{Entries: []Entry{e}})
			}
			if f, err := Parse([]byte(got)); err != nil || f.Has(Users, "a") || f.Has(Clusters, "a") {
				t.Errorf("not removed: %v\n%s", err, got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"[]", "a", "kind: Secret", "users: [{name: a}, {name: a}]", "users: x", "users: {a: b}", "a: [", "\x00"} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("Parse(%q) succeeds", text)
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add(odd, "work")
	f.Add("", "a")
	f.Add(`{"users":[{"name":"b"}]}`, "b")
	f.Add("users:\n- name: a\n", "a: b")
	f.Fuzz(func(t *testing.T, text, name string) {
		file, err := Parse([]byte(text))
		if err != nil {
			return
		}
		change := Change{Entries: []Entry{{Users, name, map[string]any{"token": "x"}}}}
		edited, err := file.Apply(change)
		if err != nil {
			return // refused: nothing was changed
		}
		again, err := edited.Apply(change)
		if err != nil || string(again.Text()) != string(edited.Text()) {
			t.Fatalf("a second time: %v\n%q\n%q", err, edited.Text(), again.Text())
		}
	})
}

// TestAFileThatEndsInABlock whose last line looks like a comment: to lines it
// is one, to YAML it is not.
func TestAFileThatEndsInABlock(t *testing.T) {
	for _, text := range []string{
		"users:\n- name: a\n  user:\n    exec:\n      installHint: |\n        install it\n        # so\n",
		"users:\n- name: a\n  user:\n    exec:\n      installHint: |\n        # so",
	} {
		before, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		after, err := before.Apply(Change{Entries: []Entry{{Section: Users, Name: "b", Value: map[string]any{"token": "t"}}}})
		if err != nil || !after.Has(Users, "b") || !after.Has(Users, "a") || !strings.Contains(string(after.text), "# so") {
			t.Errorf("Apply = %v:\n%s", err, after.text)
		}
	}
}
