package rollout

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

func places(jobs []Job) string {
	var all []string
	for _, job := range jobs {
		p := job.Item.Place
		all = append(all, p.Cluster+":"+p.Namespace+"/"+p.Name)
	}
	return strings.Join(all, " ")
}

func named(namespace, name, kind string) Source {
	return Source{
		Named: true, Origin: secret.Origin{Namespace: namespace, Name: name},
		Secret: secret.Secret{Type: kind, Data: map[string]secret.Value{"k": secret.NewValue([]byte("v"))}},
	}
}

func TestJobs(t *testing.T) {
	clusters := []*Cluster{{Member: cluster.Member{Name: "a", Namespace: "team"}}, {Member: cluster.Member{Name: "b"}}}
	for _, c := range []struct {
		name    string
		to      Destination
		sources []Source
		want    string
	}{
		{"as the source", Destination{}, []Source{named("n", "s", "")}, "a:n/s b:n/s"},
		{"namespaces", Destination{Namespaces: []string{"x", "y"}}, []Source{named("n", "s", "")}, "a:x/s a:y/s b:x/s b:y/s"},
		{"a name", Destination{Name: "t"}, []Source{named("n", "s", "")}, "a:n/t b:n/t"},
		{"affixes", Destination{Prefix: "p-", Suffix: "-q"}, []Source{named("n", "s", ""), named("n", "r", "")}, "a:n/p-s-q a:n/p-r-q b:n/p-s-q b:n/p-r-q"},
		{"a manifest without a namespace", Destination{}, []Source{named("", "s", "")}, "a:team/s b:default/s"},
	} {
		if got := places(Expansion{Destination: c.to, Prints: secret.NewFingerprinter()}.Jobs(c.sources, clusters)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestSpecialTypes are refused, each until its own type is allowed.
func TestSpecialTypes(t *testing.T) {
	for _, c := range []struct {
		kind, to string
		allow    []string
		refused  bool
	}{
		{"Opaque", "", nil, false},
		{secret.TypeBootstrap, "", nil, true},
		{secret.TypeBootstrap, "", []string{secret.TypeBootstrap}, false},
		{secret.TypeBootstrap, "Opaque", nil, true},
		{"helm.sh/release.v1", "", nil, true},
		{"helm.sh/release.v1", "", []string{secret.TypeBootstrap}, true},
		{"helm.sh/release.v1", "", []string{"helm.sh/release.v1"}, false},
		{secret.TypeServiceAccount, "", nil, true},
		{secret.TypeServiceAccount, "", []string{secret.TypeServiceAccount}, true},
		{secret.TypeServiceAccount, "Opaque", nil, true},
		{secret.TypeServiceAccount, "Opaque", []string{secret.TypeServiceAccount}, false},
		{"Opaque", secret.TypeBootstrap, nil, true},
		{"Opaque", secret.TypeServiceAccount, []string{secret.TypeServiceAccount}, false},
	} {
		x := Expansion{Spec: secret.Spec{Type: c.to}, AllowTypes: c.allow, Prints: secret.NewFingerprinter()}
		item := x.Jobs([]Source{named("n", "s", c.kind)}, []*Cluster{{}})[0].Item
		if (item.Refusal != "") != c.refused || c.refused && !strings.Contains(item.Lift, "--allow-type=") {
			t.Errorf("%+v: %q, %q", c, item.Refusal, item.Lift)
		}
	}
}

// TestFitting: large Secrets are on their way to few targets at once.
func TestFitting(t *testing.T) {
	for _, c := range []struct{ wanted, size, want int }{
		{100, 100, 100}, {100, 0, 100}, {1, 1 << 20, 1}, {100, 1 << 20, 6}, {100, 64 << 20, fewestParallel}, {2, 64 << 20, 2},
	} {
		if got := Fitting(c.wanted, c.size); got != c.want {
			t.Errorf("Fitting(%d, %d) = %d", c.wanted, c.size, got)
		}
	}
}
