package live

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// five adds Kustomizations on three pages.
func (s *server) five() {
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.add(kustomizations, "ns", name, nil)
	}
}

func names(snapshot *flux.Snapshot) string {
	var list []string
	for _, object := range snapshot.Objects {
		list = append(list, object.Kind[:1]+"/"+object.Name)
	}
	return strings.Join(list, " ")
}

// TestRead reads everything with one request a group and one a kind and page.
func TestRead(t *testing.T) {
	s := newServer(t)
	s.five()
	s.add(helmReleases, "ns", "h", nil)
	snapshot, warnings, err := s.read(t, Options{})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if got, want := names(snapshot), "K/a K/b K/c K/d K/e H/h"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	slices.Sort(s.requests)
	want := []string{
		deployments, // for they were never reconciled
		"/apis/fluxcd.controlplane.io", resourceSets, "/apis/helm.toolkit.fluxcd.io", helmReleases,
		"/apis/kustomize.toolkit.fluxcd.io", kustomizations, kustomizations + "?", kustomizations + "?",
	}
	if !slices.Equal(s.requests, want) {
		t.Errorf("requests\n%s\nwant\n%s", strings.Join(s.requests, "\n"), strings.Join(want, "\n"))
	}
}

// TestFaults: what one kind lacks is said, and the rest is read.
func TestFaults(t *testing.T) {
	const kustomizeGroup = "/apis/kustomize.toolkit.fluxcd.io"
	for _, c := range []struct {
		name    string
		fault   func(*server)
		options Options
		want    string
		warning string
	}{
		{
			"a group that is not there", func(s *server) { delete(s.groups, "fluxcd.controlplane.io") },
			Options{},
			"K/a K/b K/c K/d K/e", "the server has no ResourceSet",
		},
		{
			"a kind that its group lacks", func(s *server) { s.faults[resourceSets] = notFound },
			Options{},
			"K/a K/b K/c K/d K/e", "the server has no ResourceSet",
		},
		{
			"a kind that is forbidden", func(s *server) { s.faults[resourceSets] = forbidden },
			Options{},
			"K/a K/b K/c K/d K/e", "resourcesets are left out: server says Forbidden",
		},
		{
			"forbidden in all namespaces", func(s *server) { s.faults[kustomizations] = forbidden },
			Options{Fallback: "ns"},
			"K/a K/b K/c K/d K/e", `not allowed to list kustomizations in all namespaces: only namespace "ns" is shown`,
		},
		{
			"all kinds forbidden in all namespaces", func(s *server) {
				s.faults[kustomizations], s.faults[helmReleases], s.faults[resourceSets] = forbidden, forbidden, forbidden
			},
			Options{Fallback: "ns"},
			"K/a K/b K/c K/d K/e", `not allowed to list kustomizations, helmreleases and resourcesets in all namespaces: only namespace "ns" is shown`,
		},
		{"forbidden in the fallback too", func(s *server) {
			s.faults[kustomizations] = forbidden
			s.faults[strings.Replace(kustomizations, "/v1/", "/v1/namespaces/ns/", 1)] = forbidden
		}, Options{Fallback: "ns"}, "", `kustomizations are left out: not allowed to list them in all namespaces, nor in namespace "ns": server says Forbidden`},
		{
			"expired on the second page", func(s *server) { s.faults[kustomizations+"?"] = expired },
			Options{},
			"K/a K/b K/c K/d K/e", "",
		},
		{"no discovery", func(s *server) { s.faults[kustomizeGroup] = forbidden }, Options{}, "K/a K/b K/c K/d K/e", ""},
		{"a namespace without any", func(*server) {}, Options{Namespace: "empty"}, "", ""},
		{"an older version", func(s *server) {
			s.groups["kustomize.toolkit.fluxcd.io"] = []string{"v1beta2"}
			s.objects["/apis/kustomize.toolkit.fluxcd.io/v1beta2/kustomizations"] = s.objects[kustomizations]
		}, Options{}, "K/a K/b K/c K/d K/e", ""},
		{"a newer version", func(s *server) {
			s.groups["kustomize.toolkit.fluxcd.io"] = []string{"v2"}
			s.objects["/apis/kustomize.toolkit.fluxcd.io/v2/kustomizations"] = s.objects[kustomizations]
		}, Options{}, "K/a K/b K/c K/d K/e", ""},
		{"a version that the group names and lacks", func(s *server) {
			s.faults[kustomizations] = notFound
			s.objects["/apis/kustomize.toolkit.fluxcd.io/v1beta2/kustomizations"] = s.objects[kustomizations][:1]
		}, Options{}, "K/a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.five()
			c.fault(s)
			snapshot, warnings, err := s.read(t, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(snapshot); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := strings.Join(warnings, "; "); got != c.warning {
				t.Errorf("warnings %q, want %q", got, c.warning)
			}
			if left := strings.Contains(c.warning, "left out"); left != (len(snapshot.Unreadable) == 1) {
				t.Errorf("unreadable: %v", snapshot.Unreadable)
			}
		})
	}
}

// TestNoDiscovery: where the versions may not be looked up only the newest is
// asked for.
func TestNoDiscovery(t *testing.T) {
	s := newServer(t)
	s.faults["/apis/kustomize.toolkit.fluxcd.io"], s.faults[kustomizations] = forbidden, notFound
	if _, _, err := s.read(t, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := s.asked("/apis/kustomize.toolkit.fluxcd.io/v1beta2/kustomizations"); n != 0 {
		t.Errorf("asked %d times for an older version", n)
	}
}

// TestFailures: half a graph would be taken for the whole, so these end it.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault http.HandlerFunc
		want  string
	}{
		{"truncated", truncated, "unexpected EOF"},
		{"garbage", garbage, ""}, // in whatever words
		{"broken", broken, "server says InternalError"},
		{"unauthorized", fail(http.StatusUnauthorized, "Unauthorized"), "server says Unauthorized"},
		{"hangs", hang, "deadline exceeded"},
		{"expired for good", expired, "server says Expired"},
	} {
		for _, path := range []string{kustomizations, kustomizations + "?"} {
			t.Run(c.name+" "+path[len(kustomizations):], func(t *testing.T) {
				s := newServer(t)
				s.five()
				s.faults[path] = c.fault
				if c.name == "expired for good" {
					s.faults[kustomizations] = c.fault
				}
				timeout := 5 * time.Minute
				if c.name == "hangs" {
					timeout = 2 * time.Second
				}
				snapshot, _, err := s.readWithin(t, timeout, Options{})
				if err == nil || snapshot != nil || !strings.HasPrefix(err.Error(), "kustomizations: ") || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %s", err, c.want)
				}
				if errors.Is(err, ErrNothing) {
					t.Error("taken for a server without Flux")
				}
				if n := s.asked(kustomizations) + s.asked(kustomizations+"?"); n > 3 {
					t.Errorf("asked %d times", n)
				}
			})
		}
	}
}

func TestInterrupted(t *testing.T) {
	s := newServer(t)
	s.faults[kustomizations] = hang
	api, err := NewAPI(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := Read(ctx, api, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestNoFlux(t *testing.T) {
	s := newServer(t)
	clear(s.groups)
	if _, _, err := s.read(t, Options{}); !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "the server has no Flux") {
		t.Errorf("error %v", err)
	}
}

// TestNothingAllowed: one error says it all, where it was tried too.
func TestNothingAllowed(t *testing.T) {
	for _, c := range []struct {
		name    string
		options Options
		want    string
	}{
		{"anywhere", Options{}, "in all namespaces"},
		{"with a fallback", Options{Fallback: "ns"}, `in all namespaces, nor in namespace "ns"`},
		{"in one namespace", Options{Namespace: "ns"}, `in namespace "ns"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			for _, path := range []string{kustomizations, helmReleases, resourceSets} {
				group, plural := path[:strings.LastIndex(path, "/")], path[strings.LastIndex(path, "/"):]
				s.faults[path], s.faults[group+"/namespaces/ns"+plural] = forbidden, forbidden
			}
			_, warnings, err := s.read(t, c.options)
			want := "nothing could be read: not allowed to list kustomizations, helmreleases and resourcesets " + c.want + ": server says Forbidden"
			if !errors.Is(err, ErrNothing) || !apierrors.IsForbidden(err) || err.Error() != want || len(warnings) > 0 {
				t.Errorf("error %v, warnings %q", err, warnings)
			}
		})
	}
}
