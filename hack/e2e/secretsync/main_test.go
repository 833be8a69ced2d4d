// Package secretsync_test runs kubectl secretsync between three real clusters,
// as administrators and as users of little rights.
package secretsync_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

var bed = testbed.New()

func TestMain(m *testing.M) { bed.Main(m) }

// The clusters, which are also the names of their contexts.
const (
	management = "management"
	prodOne    = "prod-1"
	prodTwo    = "prod-2"
)

// The marks of a copy, as users may rely on them.
const (
	labelUID   = "secretsync.datum.net/source-uid"
	annotation = "secretsync.datum.net/"
)

// stage is a namespace of one name in each of the three clusters.
type stage struct {
	*testing.T
	namespace string
	clusters  map[string]*testbed.Cluster
	values    []string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, namespace: "sync-" + strings.ToLower(rand.Text()[:10]), clusters: map[string]*testbed.Cluster{}}
	for _, name := range []string{management, prodOne, prodTwo} {
		s.clusters[name] = bed.Named(t, name)
		s.apply(name, "apiVersion: v1\nkind: Namespace\nmetadata: {name: NS}\n")
		t.Cleanup(func() {
			s.clusters[name].Kubectl(t, "delete", "namespace", s.namespace, "--wait=false", "--ignore-not-found")
		})
	}
	return s
}

// value makes a secret value. None of them may show in any output.
func (s *stage) value() string {
	value := rand.Text()
	s.values = append(s.values, value)
	return value
}

// apply applies manifests in which NS stands for the stage's namespace.
func (s *stage) apply(cluster, manifests string) {
	s.Helper()
	s.clusters[cluster].Apply(s, strings.ReplaceAll(manifests, "NS", s.namespace))
}

// secret makes a Secret with lines added to its manifest.
func (s *stage) secret(cluster, name string, data map[string]string, lines ...string) {
	s.Helper()
	text := fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n", name, s.namespace)
	meta, rest := "", ""
	for _, line := range lines {
		if strings.HasPrefix(line, " ") {
			meta += line + "\n"
		} else {
			rest += line + "\n"
		}
	}
	encoded := map[string]string{}
	for key, value := range data {
		encoded[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	quoted, err := json.Marshal(encoded)
	if err != nil {
		s.Fatal(err)
	}
	// Not by apply: base64 may hold what stands there for the namespace.
	s.clusters[cluster].Apply(s, text+meta+rest+"data: "+string(quoted)+"\n")
}

// get returns a Secret of the stage's namespace.
func (s *stage) get(cluster, name string) *unstructured.Unstructured {
	s.Helper()
	return s.clusters[cluster].Get(s, "secrets.v1.", s.namespace, name)
}

// data returns a Secret's values.
func (s *stage) data(cluster, name string) map[string]string {
	s.Helper()
	encoded, _, _ := unstructured.NestedStringMap(s.get(cluster, name).Object, "data")
	for key, value := range encoded {
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			s.Fatal(err)
		}
		encoded[key] = string(raw)
	}
	return encoded
}

// has reports whether the cluster has the Secret.
func (s *stage) has(cluster, name string) bool {
	s.Helper()
	said := s.clusters[cluster].Kubectl(s, "get", "secret", name, "-n", s.namespace, "--ignore-not-found", "-o", "name")
	return said != ""
}

// kubeconfigs are the administrators' of all clusters.
func (s *stage) kubeconfigs() string {
	var paths []string
	for _, name := range []string{management, prodOne, prodTwo} {
		paths = append(paths, s.clusters[name].Kubeconfig())
	}
	return strings.Join(paths, ":")
}

// run runs the plugin as an administrator of all clusters, and checks that no
// value shows in what it prints.
func (s *stage) run(args ...string) testbed.Result {
	s.Helper()
	return s.call(testbed.Call{Kubeconfig: s.kubeconfigs(), Args: args})
}

func (s *stage) call(call testbed.Call) testbed.Result {
	s.Helper()
	result := bed.Plugin(s, "kubectl-secretsync").Run(s, call)
	s.checkLeak("the output", result.Stdout+result.Stderr)
	return result
}

// checkLeak fails where a text holds a value, in the clear or in base64.
func (s *stage) checkLeak(where, text string) {
	s.Helper()
	for _, value := range s.values {
		for _, form := range []string{value, base64.StdEncoding.EncodeToString([]byte(value))} {
			if strings.Contains(text, form) {
				s.Errorf("%s holds a value of a Secret:\n%s", where, text)
			}
		}
	}
}

// from are the flags of the stage's source.
func (s *stage) from(args ...string) []string {
	return append(args, "--from-context", management, "-n", s.namespace)
}

// to copies with the flags of the stage's source and one target.
func (s *stage) copy(args ...string) testbed.Result {
	s.Helper()
	return s.run(s.from(append([]string{"copy"}, args...)...)...)
}

// want checks the exit code and words in the output.
func (s *stage) want(result testbed.Result, code int, words ...string) {
	s.Helper()
	if result.Code != code {
		s.Errorf("exit code %d, want %d\n%s", result.Code, code, result)
	}
	for _, word := range words {
		if !strings.Contains(result.Stdout+result.Stderr, word) {
			s.Errorf("nobody says %q\n%s", word, result)
		}
	}
}

// report is what a reader of -o json relies on.
type report struct {
	APIVersion, Kind, Command string
	Summary                   map[string]int
	Targets                   []struct {
		Cluster, Namespace, Name, Action, Outcome, State, Problem, Message, Hint, Owner, UID string
		Warnings                                                                             []string
	}
}

func (s *stage) parse(result testbed.Result) report {
	s.Helper()
	var read report
	if err := json.Unmarshal([]byte(result.Stdout), &read); err != nil || read.Kind != "SecretSyncReport" {
		s.Fatalf("not a report: %v\n%s", err, result)
	}
	return read
}
