package live

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// TestTargets reads, in one namespace, what lies beyond it and is depended on.
func TestTargets(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b"}, entry{"name": "b", "namespace": "other"},
		entry{"name": "gone", "namespace": "other"}, entry{"name": "hidden", "namespace": "other"}, entry{"name": "../x", "namespace": "other"},
		entry{"name": "gone"}, entry{"name": ""}, entry{"name": "b", "namespace": "other"}))
	s.add(kustomizations, "other", "b", nil)
	s.add(kustomizations, "other", "c", nil)
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/other/kustomizations/hidden"] = forbidden
	snapshot, _, err := s.read(t, Options{Namespace: "ns"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(snapshot), "K/a K/b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	id := func(name string) flux.ID { return flux.ID{Kind: flux.Kustomization, Namespace: "other", Name: name} }
	for name, want := range map[string]flux.Absence{
		"gone": {Message: "server says NotFound"}, "hidden": {Forbidden: true, Message: "server says Forbidden"},
		// No name of an object, and must not become a path.
		"../x": {Message: `"../x" cannot be part of an API path: may not contain '/'`},
	} {
		if got := snapshot.Absent[id(name)]; got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for path, want := range map[string]int{"other/kustomizations/b": 1, "ns/kustomizations/gone": 0} {
		if n := s.asked("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/" + path); n != want {
			t.Errorf("%s: asked %d times, want %d", path, n, want)
		}
	}
}

// TestTargetFails: an answer that says nothing is no "missing".
func TestTargetFails(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b", "namespace": "other"}))
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/other/kustomizations/b"] = broken
	if _, _, err := s.read(t, Options{Namespace: "ns"}); err == nil || !strings.Contains(err.Error(), "server says InternalError") {
		t.Errorf("error %v", err)
	}
}

// TestSources: a source is read where revisions are compared, or where all are
// asked for; for a HelmRelease only then.
func TestSources(t *testing.T) {
	for _, c := range []struct {
		name    string
		a       map[string]any
		options Options
		want    string
		asked   int
	}{
		{"shared with a dependency", dependsOn(entry{"name": "b"}), Options{}, "K/a K/b G/fleet", 1},
		{"of a Kustomization that depends on nothing", dependsOn(), Options{}, "K/a K/b G/fleet", 1},
		{"asked for", dependsOn(), Options{Sources: true}, "K/a K/b G/fleet", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.add(kustomizations, "ns", "a", c.a)
			s.add(kustomizations, "ns", "b", dependsOn())
			s.add(gitRepositories, "ns", "fleet", nil)
			snapshot, _, err := s.read(t, c.options)
			if err != nil || names(snapshot) != c.want || s.asked(gitRepositories) != c.asked {
				t.Errorf("got %s, asked %d times, %v", names(snapshot), s.asked(gitRepositories), err)
			}
		})
	}
}

// TestUsefulSources: sources that no verdict rests on are read where that is
// allowed, and not missed where it is not.
func TestUsefulSources(t *testing.T) {
	const fleet = "/apis/source.toolkit.fluxcd.io/v1/namespaces/ns/gitrepositories/fleet"
	for _, c := range []struct {
		name    string
		set     func(*server)
		options Options
		want    string
		asked   int
	}{
		{"in another namespace", func(*server) {}, Options{Namespace: "other"}, "K/a G/fleet", 1},
		{"in another namespace, where nothing may be read", func(s *server) { s.faults[fleet] = forbidden }, Options{Namespace: "other"}, "K/a", 1},
		{"not to be listed", func(s *server) { s.faults[gitRepositories] = forbidden }, Options{}, "K/a", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.add(kustomizations, "other", "a", map[string]any{"spec": map[string]any{
				"sourceRef": map[string]any{"kind": "GitRepository", "name": "fleet", "namespace": "ns"},
			}})
			s.add(gitRepositories, "ns", "fleet", nil)
			c.set(s)
			snapshot, warnings, err := s.read(t, c.options)
			if err != nil || len(warnings) > 0 || names(snapshot) != c.want || s.asked(fleet) != c.asked {
				t.Errorf("got %s, asked %d times, %v, %v", names(snapshot), s.asked(fleet), warnings, err)
			}
		})
	}
}

// TestForbiddenSource: what may not be listed is asked for by name.
func TestForbiddenSource(t *testing.T) {
	const fleet = "/apis/source.toolkit.fluxcd.io/v1/namespaces/ns/gitrepositories/fleet"
	const leftOut = "gitrepositories are left out: server says Forbidden"
	for _, c := range []struct {
		name           string
		set            func(*server)
		options        Options
		names, warning string
	}{
		{"it may be read", func(s *server) { s.add(gitRepositories, "ns", "fleet", nil) }, Options{}, "K/a K/b G/fleet", ""},
		{"by somebody of one namespace", func(s *server) {
			s.add(gitRepositories, "ns", "fleet", nil)
			s.faults["/apis/source.toolkit.fluxcd.io/v1/namespaces/ns/gitrepositories"] = forbidden
		}, Options{Namespace: "ns"}, "K/a K/b G/fleet", ""},
		{"it is not there", func(*server) {}, Options{}, "K/a K/b", ""},
		{"it may not be read either", func(s *server) { s.faults[fleet] = forbidden }, Options{}, "K/a K/b", leftOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b"}))
			s.add(kustomizations, "ns", "b", dependsOn())
			s.faults[gitRepositories] = forbidden
			c.set(s)
			snapshot, warnings, err := s.read(t, c.options)
			if err != nil || names(snapshot) != c.names || strings.Join(warnings, ";") != c.warning {
				t.Errorf("got %s, %v, %v", names(snapshot), warnings, err)
			}
			if n := s.asked(fleet); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// TestForbiddenTarget: a kind that may not be listed is read where a
// ResourceSet names an object of it.
func TestForbiddenTarget(t *testing.T) {
	s := newServer(t)
	s.add(resourceSets, "ns", "r", dependsOn(entry{"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "namespace": "ns", "name": "h"}))
	s.add(helmReleases, "ns", "h", nil)
	s.faults[helmReleases] = forbidden
	snapshot, warnings, err := s.read(t, Options{})
	if err != nil || names(snapshot) != "R/r H/h" || strings.Join(warnings, ";") != "helmreleases are left out: server says Forbidden" {
		t.Errorf("got %s, %v, %v", names(snapshot), warnings, err)
	}
}

// TestListed tells what is known not to be there from what was not looked for.
func TestListed(t *testing.T) {
	s := newServer(t)
	s.faults[kustomizations], s.faults[helmReleases] = forbidden, forbidden
	s.faults[strings.Replace(helmReleases, "/v2/", "/v2/namespaces/ns/", 1)] = forbidden
	delete(s.groups, "fluxcd.controlplane.io")
	snapshot, _, err := s.read(t, Options{Fallback: "ns"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind, namespace   string
		absent, forbidden bool
	}{
		{flux.Kustomization, "ns", true, false},
		{flux.Kustomization, "other", false, false},
		{flux.HelmRelease, "ns", true, true},
		{flux.ResourceSet, "other", true, false},
		{flux.GitRepository, "ns", false, false},
	} {
		absence, absent := snapshot.AbsenceOf(flux.ID{Kind: c.kind, Namespace: c.namespace, Name: "x"})
		if absent != c.absent || absence.Forbidden != c.forbidden {
			t.Errorf("%s of %s: %v, %+v", c.kind, c.namespace, absent, absence)
		}
	}
	if _, absent := snapshot.AbsenceOf(flux.NewID("apps/v1", flux.ResourceSet, "ns", "x")); absent {
		t.Error("a kind of another group was not looked for")
	}
}
