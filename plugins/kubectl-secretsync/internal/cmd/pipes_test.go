package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// reads runs a command line with something to read.
func (d *desk) reads(t *testing.T, stdin, line string) (code failure.Code, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &out, ErrOut: &said}
	pause := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	root := newRoot(deps{Process: cli.Process{IOStreams: streams}, now: time.Now, pause: pause})
	code = cli.Main(t.Context(), root, streams, strings.Fields(line))
	return code, out.String(), said.String()
}

// TestReferences: each form of a Secret's name, and which namespace it means.
func TestReferences(t *testing.T) {
	for line, want := range map[string]string{
		"app":                                " app",
		"secret/app":                         " app",
		"secrets/app secret/b":               " app b",
		"team/app":                           "team app",
		"team/app team/b":                    "team app b",
		"secret/team/app":                    "team app",
		"secret/secret/app":                  "secret app",
		"team/app b -n team":                 "team app b",
		"secret/team/app secret/b -n team":   "team app b",
		"app secret/b -n team --source-id= ": "team app b",
	} {
		r, err := parse(t, line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := r.selection.namespace + " " + strings.Join(r.names, " "); got != want {
			t.Errorf("%s: %q", line, got)
		}
	}
	for line, want := range map[string]string{
		"team/app other/b":         `"other/b" is not of namespace "team"`,
		"team/app -n other":        `"team/app" is not of namespace "other"`,
		"team/app b":               "some names have a namespace",
		"b team/app":               "some names have a namespace",
		"configmap/team/app":       "want NAME",
		"secret/a/b/c":             "want NAME",
		"secret/":                  "want NAME",
		"/app":                     "want NAME",
		"Team/app":                 "not the name of a namespace",
		"-f - --targets-from -":    "both read stdin",
		"app --overall-timeout 0s": "--overall-timeout",
		"app --to-context x --all": "use one of them",
	} {
		if _, err := parse(t, line); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// TestTargetsFrom: what -o name prints is what --targets-from reads.
func TestTargetsFrom(t *testing.T) {
	d := newDesk(t, "prod-1", "prod-2", "prod-3")
	d.want(t, "copy app --to-context prod-*", failure.OK, "3 created")
	_, list, _ := d.run(t, "status app --to-context prod-* -o name")
	// The form is stable: scripts read it.
	if want := "secret/team/app prod-1\nsecret/team/app prod-2\nsecret/team/app prod-3\n"; list != want {
		t.Fatalf("%q", list)
	}
	d.secret("app", "fleet", "changed")
	d.servers["management"].Put("team", "app", map[string]any{"data": map[string]any{"k": "eQ=="}})
	two := strings.Join(strings.SplitAfter(list, "\n")[1:], "")
	if code, stdout, stderr := d.reads(t, two, "copy app --targets-from -"); code != failure.OK || !strings.Contains(stdout, "2 targets: 2 updated") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := d.reads(t, two, "delete app --to-context prod-* --targets-from -"); code != failure.OK || !strings.Contains(stdout, "2 targets: 2 deleted") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if d.servers["prod-1"].Get("team", "app") == nil {
		t.Error("what is not listed was deleted")
	}
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte("\r\nsecret/team/app prod-2\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.want(t, "copy app --targets-from "+file, failure.OK, "1 target: 1 created")
	for list, want := range map[string]string{
		"":                          "no target in it",
		"secret/team/app":           "line 1",
		"\nsecret/app prod-1":       "line 2",
		"configmap/team/app prod-1": "as -o name prints it",
		"secret/team/app prod-*":    `0 contexts are called "prod-*"`,
		"secret/team/other prod-1":  "is no target of the other flags",
		"secret/other/app prod-1":   "--to-namespace",
	} {
		if code, _, stderr := d.reads(t, list, "copy app --targets-from -"); code != failure.BadInput || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d\n%s", list, code, stderr)
		}
	}
	d.want(t, "status app --to-context prod-1 --orphans --targets-from x", failure.BadInput, "--orphans finds its targets itself")
}

// TestTheNamespaceOfAManifest: -n fills it in, and does not contradict it.
func TestTheNamespaceOfAManifest(t *testing.T) {
	d := newDesk(t, "prod")
	manifest := func(namespace string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: app" + namespace + "}\ndata: {k: eA==}\n"
	}
	const line = "copy -f - --to-context prod --source-id x"
	for _, c := range []struct {
		manifest, line string
		code           failure.Code
		want           string
	}{
		{manifest(", namespace: team"), line + " -n other", failure.BadInput, "team/app is of another namespace"},
		{manifest(", namespace: team"), line + " -n team", failure.OK, "1 created"},
		{manifest(", namespace: team"), line, failure.OK, "1 unchanged"},
		{manifest(""), line + " -n other", failure.OK, "1 created"},
	} {
		code, stdout, stderr := d.reads(t, c.manifest, c.line)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit code %d\n%s%s", c.line, code, stdout, stderr)
		}
	}
}

// TestErrorsNameTheNamespace of a source, and how another is named.
func TestErrorsNameTheNamespace(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy nope --to-context prod", failure.Unable, `source management: namespace "team": `)
	d.want(t, "copy -l no=thing --to-context prod", failure.Unable, `no Secret found in namespace "team"`, "-n names another")
	d.want(t, "copy app --context prod", failure.BadInput, "--from-context", "--to-context")
	d.want(t, "copy app --to-context prod", failure.OK, "prod is asked with insecure-skip-tls-verify", "management is asked with insecure-skip-tls-verify")
}

// TestOneFaultOneCode: a fault has the same exit code in the source and in all targets,
// for commands that write and that look.
func TestOneFaultOneCode(t *testing.T) {
	closed := apitest.New(t)
	closed.Close()
	for name, c := range map[string]struct {
		server func(d *desk, name string)
		code   failure.Code
	}{
		"no credentials": {func(d *desk, name string) {
			d.servers[name].Break(refuse(http.MethodGet, "/secrets/app", 401, "Unauthorized"))
		}, failure.LoginNeeded},
		"forbidden": {func(d *desk, name string) {
			d.servers[name].Break(refuse(http.MethodGet, "/secrets/app", 403, "Forbidden"))
		}, failure.Unable},
		"a server error": {func(d *desk, name string) {
			d.servers[name].Break(refuse(http.MethodGet, "/secrets/app", 500, "InternalError"))
		}, failure.Unable},
		"refused": {func(d *desk, name string) { d.point(t, name, closed.URL) }, failure.Unable},
		"NXDOMAIN": {func(d *desk, name string) {
			d.point(t, name, "https://"+strings.Repeat("x", 64)+".invalid")
		}, failure.Unable},
	} {
		for _, side := range []string{"management", "prod"} {
			d := newDesk(t, "prod")
			c.server(d, side)
			for _, command := range []string{"copy", "diff", "status", "delete"} {
				if side == "management" && command == "delete" && name != "no credentials" {
					continue // a source that is not there may be named
				}
				if code, stdout, stderr := d.run(t, command+" app --to-context prod"); code != c.code {
					t.Errorf("%s, %s of %s: exit code %d, want %d\n%s%s", name, command, side, code, c.code, stdout, stderr)
				}
			}
		}
	}
}

// point has a context's cluster at another address.
func (d *desk) point(t *testing.T, name, server string) {
	t.Helper()
	path := os.Getenv("KUBECONFIG")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), d.servers[name].URL, server)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAFirstContextStandsForItsCluster: by whichever address a pattern has found it.
func TestAFirstContextStandsForItsCluster(t *testing.T) {
	d := newDesk(t, "prod-z")
	same := strings.Replace(d.servers["prod-z"].URL, "127.0.0.1", "localhost", 1)
	d.add(t, map[string]string{"prod-a": same})
	d.want(t, "copy app --to-context prod-*", failure.OK, "1 created, 1 skipped", "the same cluster as")
	d.want(t, "status app --to-context prod-*", failure.OK)
	d.want(t, "copy app --to-context prod-z --to-context prod-a", failure.SomeFailed, "name each target once")
}

// TestTheServersOfKubeconfigSecrets are in the table, and limited by --allow-server.
func TestTheServersOfKubeconfigSecrets(t *testing.T) {
	d := newDesk(t, "prod")
	edge := apitest.New(t)
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],
		"clusters":[{"name":"c","cluster":{"server":%q,"insecure-skip-tls-verify":true}}],"users":[{"name":"u","user":{"token":"t"}}]}`, edge.URL)
	d.servers["management"].Put("capi", "edge", map[string]any{"data": map[string]any{"value": []byte(text)}})
	const line = "copy app --to-context prod --to-kubeconfig-secret capi/edge --allow-in-kubeconfig-secret insecure-tls"
	d.want(t, line, failure.OK, "SERVER", edge.URL, "secret capi/edge is asked with insecure-skip-tls-verify")
	d.want(t, line+" --allow-server 127.0.0.1", failure.OK, "2 unchanged")
	d.want(t, line+" --allow-server *.example.com", failure.SomeFailed, "no --allow-server allows the server "+edge.URL, "--allow-server=HOST[:PORT] allows it")
	_, stdout, _ := d.run(t, "copy app --to-context prod")
	if strings.Contains(stdout, "SERVER") {
		t.Errorf("it shows servers that only the kubeconfig names:\n%s", stdout)
	}
}

// TestAuditOfTheCall: the log says where and how the command was called, and no value
// of any flag that could be anything.
func TestAuditOfTheCall(t *testing.T) {
	d := newDesk(t, "prod")
	log := filepath.Join(t.TempDir(), "log")
	d.want(t, "copy app --to-context prod --on-conflict adopt --create-namespace --label a=hush --annotation b=hush --audit-log "+log, failure.OK)
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var line struct {
		Host, Version string
		Arguments     []string
	}
	if err := json.Unmarshal(bytes.SplitAfter(text, []byte("\n"))[0], &line); err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	want := []string{"app", "--annotation", "--audit-log", "--create-namespace=true", "--label", "--on-conflict=adopt", "--to-context"}
	if line.Host != host || line.Version == "" || !slices.Equal(line.Arguments, want) || strings.Contains(string(text), "hush") {
		t.Errorf("%s", text)
	}
}

// TestOverallTimeout: dead clusters end together with the others done, and those that
// there was no time for are not taken for empty ones.
func TestOverallTimeout(t *testing.T) {
	d := newDesk(t, "prod-1", "prod-2", "prod-3")
	hang := func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	d.servers["prod-2"].Break(hang)
	code, stdout, stderr := d.run(t, "copy app --to-context prod-* --parallel 1 --overall-timeout 3s --timeout 1h --request-timeout 1h")
	if code != failure.SomeFailed || !strings.Contains(stdout, "the overall timeout of 3s has passed") || d.servers["prod-1"].Get("team", "app") == nil || d.servers["prod-3"].Get("team", "app") != nil {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = d.run(t, "delete app --orphans --plan x --to-context prod-* --parallel 1 --overall-timeout 1s --timeout 1h --request-timeout 1h")
	if code != failure.Unable && code != failure.SomeFailed || !strings.Contains(stdout, "the overall timeout of 1s has passed") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// TestProgressOfALog: without a terminal there is a line a minute, for few targets too.
func TestProgressOfALog(t *testing.T) {
	d := newDesk(t, "prod")
	minutes := make(chan time.Time)
	var out, said lockedBuffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &said}
	d.servers["prod"].Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/secrets/app") {
			minutes <- time.Time{}
			minutes <- time.Time{} // the first has been printed by now
		}
		return false
	})
	root := newRoot(deps{Process: cli.Process{IOStreams: streams}, now: time.Now, clock: minutes, pause: func(context.Context, time.Duration) error { return nil }})
	code := cli.Main(t.Context(), root, streams, strings.Fields("copy app --to-context prod"))
	if code != failure.OK || !strings.Contains(said.String(), "reading targets: 0 of 1 done\n") {
		t.Errorf("exit code %d\n%s", code, said.String())
	}
}

// TestTenFlagsFirst: help begins with the flags that people use first, and has the
// others in groups.
func TestTenFlagsFirst(t *testing.T) {
	d := newDesk(t)
	for _, command := range []string{"copy", "diff", "status", "delete"} {
		_, help, _ := d.run(t, command+" --help")
		_, rest, found := strings.Cut(help, "\nFlags:\n")
		first, others, _ := strings.Cut(rest, "\n\n")
		count := strings.Count(first, " --")
		if !found || count > maxFirst+1 || !strings.Contains(first, "--to-context") || !strings.Contains(first, "--output") || !strings.Contains(others, headingRun+":") {
			t.Errorf("%s: %d flags come first:\n%s", command, count, first)
		}
	}
	root := newRoot(deps{})
	copies, _, err := root.Find([]string{"copy"})
	if err != nil {
		t.Fatal(err)
	}
	checkGrouped(t, copies)
}

// checkGrouped fails if a flag got into help by chance.
func checkGrouped(t *testing.T, c *cobra.Command) {
	t.Helper()
	known := slices.Concat(firstFlags(), []string{"help"})
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !cli.IsGrouped(f) && !f.Hidden && !slices.Contains(known, f.Name) {
			t.Errorf("--%s has no group", f.Name)
		}
	})
}

// lockedBuffer is for writers side by side.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to it.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
