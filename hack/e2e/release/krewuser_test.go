package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// krewUser is somebody with real kubectl, krew and git, and a home, a root of krew and
// a PATH of their own.
type krewUser struct {
	*shell
	tools, root, kubectl, validator string
}

func newKrewUser(t *testing.T, net *internet, env ...string) *krewUser {
	t.Helper()
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := provider.Ensure(t.Context(), servers.Kubectl, servers.Krew, servers.KrewValidator)
	if err != nil {
		t.Fatal(err)
	}
	u := &krewUser{tools: t.TempDir(), root: filepath.Join(t.TempDir(), "krew"), kubectl: paths[servers.Kubectl], validator: paths[servers.KrewValidator]}
	for name, program := range map[string]string{"kubectl": u.kubectl, "kubectl-krew": paths[servers.Krew], "git": testbed.Tool(t, "git")} {
		if err := os.Symlink(program, filepath.Join(u.tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	u.shell = newShell(t, "", append(append(env, net.env()...), "KREW_ROOT="+u.root, "KREW_NO_UPGRADE_CHECK=1", "GIT_CONFIG_GLOBAL="+os.DevNull)...)
	if err := os.MkdirAll(u.ownBin(), 0o700); err != nil {
		t.Fatal(err)
	}
	u.env = append(u.env, "PATH="+u.bin()+":"+u.ownBin()+":"+u.tools)
	return u
}

// bin is where krew links plugins, ownBin where users have programs of their own.
func (u *krewUser) bin() string    { return filepath.Join(u.root, "bin") }
func (u *krewUser) ownBin() string { return filepath.Join(u.home, ".local", "bin") }

// does runs kubectl, which must succeed and print the words.
func (u *krewUser) does(t *testing.T, args []string, words ...string) {
	t.Helper()
	want(t, u.run(t, u.kubectl, args...), append(words, "")...)
}

// machine makes krew take this for another machine.
func (u *krewUser) machine(goos, goarch string) {
	u.env = append(u.env, "KREW_OS="+goos, "KREW_ARCH="+goarch)
}

// holds wants exactly these files in a folder.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if len(got) != len(want) {
		t.Errorf("%s holds %q, want %q", dir, got, want)
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s holds %q, want %q", dir, got, want)
		}
	}
}

// index is a git repository that krew can add.
type index struct{ dir, script string }

// newIndex makes one of the manifests in a folder.
func newIndex(t *testing.T, root, manifests string) index {
	t.Helper()
	i := index{dir: filepath.Join(t.TempDir(), "index"), script: filepath.Join(root, "hack", "krew-index.sh")}
	i.git(t, "init", "--quiet", "--initial-branch=main", i.dir)
	for _, plugin := range pluginNames() {
		file := filepath.Join(i.dir, "plugins", plugin+".yaml")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(read(t, filepath.Join(manifests, plugin+".yaml"))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	i.git(t, "-C", i.dir, "add", "plugins")
	i.git(t, "-C", i.dir, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--message", "manifests")
	return i
}

func (i index) git(t *testing.T, args ...string) {
	t.Helper()
	if said, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, said)
	}
}

// update adds what is in dist/, as a release does.
func (i index) update(t *testing.T, words string) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), i.script, i.dir).CombinedOutput()
	want(t, testbed.Result{Stdout: string(said)}, words)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}
