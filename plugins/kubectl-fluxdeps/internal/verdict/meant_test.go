package verdict

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// TestNear: near names are slips of the keyboard, not other names that sound
// alike or that belong to one series.
func TestNear(t *testing.T) {
	for _, c := range []struct {
		want, there string
		near        bool
	}{
		{"infar", "infra", true},
		{"postgress", "postgres", true},
		{"keepr", "keeper", true},
		{"ui", "iu", false},
		{"redis-clutser", "redis-cluster", true},
		{"clickhouse-migration", "clickhouse-migrations", true},
		{"monitornig-stakc", "monitoring-stack", true},
		{"soulsync", "volsync", false},
		{"volsync", "soulsync", false},
		{"volsync-app", "soulsync-app", false},
		{"app-a", "app-b", false},
		{"rediscluster", "redis-cluster", true},
		{"redis-x", "redis", false},
		{"cert-manger.config", "cert-manager.config", true},
		{"db", "dc", false},
		{"app-1", "app-2", false},
		{"app-12", "app-2", false},
		{"grafana", "kyverno", false},
		{"a", "ab", false},
	} {
		object := kustomization(t, c.there)
		want := object.ID
		want.Name = c.want
		got, near := newNearNames([]flux.Object{object}).to(want, flux.ID{})
		if near != c.near || near && got != object.ID {
			t.Errorf("%s for %s: %v, %s", c.there, c.want, near, got)
		}
	}
}

func TestApart(t *testing.T) {
	for name, want := range map[string]string{
		"database/redis":               "write name: redis, namespace: database",
		"Kustomization/database/redis": "write name: redis, namespace: database",
		"ks/redis":                     "write name: redis",
		"helmrelease/redis":            "write name: redis",
		"a/b/c":                        "",
		"a/b/c/d":                      "",
		"/redis":                       "",
		"database/":                    "",
		"//":                           "",
		"":                             "",
		"a%b":                          "",
	} {
		if got := apart(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for _, from := range []flux.Object{kustomization(t, "app"), helmRelease(t, "app")} {
		check(t, judge(t, cluster(from), flux.Dependency{Name: "database/redis"}),
			want{Missing, notFoundMessage(from.Kind, from.Target(flux.Dependency{Name: "database/redis"})), "write name: redis, namespace: database"})
	}
}

// TestUnclear: files in which it is not known what is meant.
func TestUnclear(t *testing.T) {
	in := func(namespace string) change { return set("metadata.namespace", namespace) }
	none, unread := set("metadata.namespace", nil), set("status", nil)
	ks := func(name string, in change) flux.Object { return kustomization(t, name, in, unread) }
	for _, c := range []struct {
		name      string
		objects   []flux.Object
		dep       flux.Dependency
		unchecked bool
		assumed   bool
		want      want
	}{
		{"two namespaces", []flux.Object{ks("a", none), ks("db", in("x")), ks("db", in("y"))}, flux.Dependency{Name: "db"}, true, false, want{Unknown, "", "may be Kustomization/x/db or Kustomization/y/db"}},
		{
			"many",
			[]flux.Object{ks("a", none), ks("db", in("x")), ks("db", in("y")), ks("db", in("z")), ks("db", in("zz"))},
			flux.Dependency{Name: "db"},
			true, false,
			want{Unknown, "", "or Kustomization/z/db or 1 others"},
		},
		{"one", []flux.Object{ks("a", none), ks("db", in("x"))}, flux.Dependency{Name: "db"}, false, true, want{Unknown, "", "taken for Kustomization/x/db"}},
		{"a stated one", []flux.Object{ks("a", none), ks("db", in("x")), ks("db", in("y"))}, flux.Dependency{Name: "db", Namespace: "y"}, false, false, want{Unknown, "", ""}},
		{"a variable", []flux.Object{ks("a", in("x"))}, flux.Dependency{Name: "${DB:=db}"}, true, false, want{Unknown, "", "before variables are replaced"}},
		{"a variable as the namespace", []flux.Object{ks("a", in("x"))}, flux.Dependency{Name: "db", Namespace: "${NS}"}, true, false, want{Unknown, "", "before variables are replaced"}},
		{
			"of another kind without a namespace",
			[]flux.Object{ks("a", in("x")), helmRelease(t, "db", none, unread)},
			flux.Dependency{Name: "db"},
			false, false,
			want{WrongKind, `dependency 'x/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "HelmRelease/db (its namespace is not stated) exists"},
		},
		{
			"of another kind, and the dependent without",
			[]flux.Object{ks("a", none), helmRelease(t, "db", in("x"), unread)},
			flux.Dependency{Name: "db"},
			false, false,
			want{WrongKind, `dependency '/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "HelmRelease/x/db exists"},
		},
		{
			"of another kind elsewhere",
			[]flux.Object{ks("a", in("x")), helmRelease(t, "db", in("y"), unread)},
			flux.Dependency{Name: "db"},
			false, false,
			want{Missing, `dependency 'x/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(c.objects...)
			snapshot.Live = false
			got := judge(t, snapshot, c.dep)
			check(t, got, c.want)
			if got.Unchecked != c.unchecked || got.Assumed != c.assumed {
				t.Errorf("unchecked %v, assumed %v", got.Unchecked, got.Assumed)
			}
		})
	}
}

// TestResourceSetWithoutNamespace: its entries have no default.
func TestResourceSetWithoutNamespace(t *testing.T) {
	snapshot := cluster(resourceSet(t, "app", set("status", nil)), kustomization(t, "db", set("status", nil)))
	snapshot.Live = false
	got := judge(t, snapshot, flux.Dependency{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: flux.Kustomization, Name: "db"})
	if got.Verdict != Missing || got.Hint != "did you mean Kustomization/ns/db? (give its namespace in dependsOn)" {
		t.Errorf("%+v", got)
	}
}

func TestCompileError(t *testing.T) {
	for _, c := range []struct {
		from  flux.Object
		dep   flux.Dependency
		fails bool
	}{
		{kustomization(t, "a"), flux.Dependency{Name: "b"}, false},
		{kustomization(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "dep.status.x == 1"}, false},
		{kustomization(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "dep.status.x =="}, true},
		{kustomization(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "status.x == 1"}, true},
		{kustomization(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "1"}, true},
		{helmRelease(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "dep.status.conditions.filter(e, e.type == 'Ready'"}, true},
		{resourceSet(t, "a"), flux.Dependency{Name: "b", Ready: true, ReadyExpr: "status.x == 1"}, false},
		{resourceSet(t, "a"), flux.Dependency{Name: "b", Ready: true, ReadyExpr: "status.x >"}, true},
		{resourceSet(t, "a"), flux.Dependency{Name: "b", ReadyExpr: "status.x >"}, false},
	} {
		if err := CompileError(&c.from, c.dep); (err != nil) != c.fails {
			t.Errorf("%s with %+v: %v", c.from.ID, c.dep, err)
		}
	}
}
