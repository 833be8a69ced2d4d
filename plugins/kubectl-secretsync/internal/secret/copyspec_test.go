package secret

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

func values(keys ...string) map[string]Value {
	data := map[string]Value{}
	for _, key := range keys {
		data[key] = NewValue([]byte(key + "-value"))
	}
	return data
}

func TestKeyRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules []KeyRule
		want  string
		fails string
	}{
		{"all", nil, "a b tls.crt tls.key", ""},
		{"one", []KeyRule{{"a", ""}}, "a", ""},
		{"renamed", []KeyRule{{"a", "x"}, {"b", ""}}, "b x", ""},
		{"a pattern", []KeyRule{{"tls.*", ""}}, "tls.crt tls.key", ""},
		{"twice the same", []KeyRule{{"a", ""}, {"*", ""}}, "a b tls.crt tls.key", ""},
		{"missing", []KeyRule{{"c", ""}}, "", `the source has no key "c"; it has: a, b, tls.crt, tls.key`},
		{"no match", []KeyRule{{"x*", ""}}, "", "no key"},
		{"two for one name", []KeyRule{{"a", "b"}, {"b", ""}}, "", `keys "a" and "b" both become "b"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := Spec{Keys: c.rules}.Content(Secret{Data: values("a", "b", "tls.crt", "tls.key")}, Origin{}, Stamp{}, NewFingerprinter())
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("error %v", err)
				}
				return
			}
			if got := strings.Join(Keys(content.Data), " "); err != nil || got != c.want || len(content.Prints) != len(content.Data) {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
}

// TestNeverCopied: no pattern takes over what makes a controller think that
// the copy is its own, nor what holds the data in the clear.
func TestNeverCopied(t *testing.T) {
	keep := []string{"team", "app.kubernetes.io/name", "example.com/x"}
	drop := []string{
		LastApplied, LabelManagedBy, Domain + "source", LabelSourceUID, "app.kubernetes.io/instance",
		"argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance", "kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name",
		"meta.helm.sh/release-name", "reconcile.external-secrets.io/managed", "replicator.v1.mittwald.de/replicate-to",
		"reflector.v1.k8s.emberstack.com/reflection-allowed", "kubed.appscode.com/sync", "omni.texashpc.com/secret-sync-uid",
		"kubernetes.io/service-account.name", "kubernetes.io/service-account.uid", "cert-manager.io/certificate-name", "olm.owner",
		"applyset.kubernetes.io/part-of", "addonmanager.kubernetes.io/mode", "kluctl.io/discriminator", "k0s.k0sproject.io/stack",
	}
	source := Secret{Meta: Meta{Labels: map[string]string{}, Annotations: map[string]string{}}}
	for _, key := range append(drop, keep...) {
		source.Meta.Labels[key], source.Meta.Annotations[key] = "x", "x"
	}
	spec := Spec{CopyLabels: []string{"*"}, CopyAnnotations: []string{"*"}, Labels: map[string]string{"team": "mine"}}
	content, err := spec.Content(source, Origin{Cluster: "c", UID: "u"}, Stamp{}, NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range drop {
		for _, copied := range []map[string]string{content.Labels, content.Annotations} {
			if copied[key] == "x" {
				t.Errorf("%s was copied", key)
			}
		}
	}
	for _, key := range keep {
		if content.Labels[key] == "" || content.Annotations[key] == "" {
			t.Errorf("%s was not copied", key)
		}
	}
	if content.Labels["team"] != "mine" {
		t.Error("--label does not win")
	}
	if none, _ := (Spec{}).Content(source, Origin{}, Stamp{}, NewFingerprinter()); len(none.Labels) != 2 {
		t.Errorf("unasked, labels %v were copied", none.Labels)
	}
}

func TestProvenance(t *testing.T) {
	o := Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "u", ResourceVersion: "7"}
	content, err := Spec{}.Content(Secret{Data: values("b", "a")}, o, Stamp{Time: time.Unix(0, 0), Tool: "v1"}, NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	meta := Meta{Namespace: "at", Name: "copy", Labels: content.Labels, Annotations: content.AnnotationsAt("at", "copy")}
	for key, value := range content.Passing {
		meta.Annotations[key] = value
	}
	if got := meta.Origin(); got != o {
		t.Errorf("%+v", got)
	}
	if strings.Join(meta.WrittenKeys(), " ") != "a b" || meta.Annotations[AnnotationTime] != "1970-01-01T00:00:00Z" || meta.Annotations[AnnotationTool] != "v1" {
		t.Errorf("%v", meta.Annotations)
	}
	for _, c := range []struct {
		name string
		o    Origin
		want bool
	}{
		{"itself", o, true},
		{"made anew", Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "u2"}, true},
		{"renamed", Origin{Cluster: "c", Namespace: "n", Name: "s2", UID: "u"}, false},
		{"gone", Origin{Cluster: "c", Namespace: "n", Name: "s"}, true},
		{"gone, of who knows which cluster", Origin{Server: address.Parse("https://10.96.0.1"), Namespace: "n", Name: "s"}, false},
		{"read by who may not see its cluster", Origin{Server: address.Parse("https://10.96.0.1"), Namespace: "n", Name: "s", UID: "u"}, true},
		{"made anew, read by who may not see its cluster", Origin{Server: address.Parse("https://10.96.0.1"), Namespace: "n", Name: "s", UID: "u2"}, false},
		{"of another cluster", Origin{Cluster: "c2", Namespace: "n", Name: "s", UID: "u2"}, false},
		{"another", Origin{Cluster: "c", Namespace: "n", Name: "s2", UID: "u2"}, false},
		{"a manifest with an ID", Origin{Cluster: FromManifest, Namespace: "n", Name: "s", UID: FromManifest, ID: "c"}, false},
		{"a manifest", Origin{Cluster: FromManifest, Namespace: "n", Name: "s", UID: FromManifest}, false},
	} {
		if got := meta.CopyOf(c.o); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for name, change := range map[string]func(*Meta){
		"under another name":      func(m *Meta) { m.Name = "other" },
		"in another namespace":    func(m *Meta) { m.Namespace = "other" },
		"without its annotations": func(m *Meta) { m.Annotations = nil },
		"without its source":      func(m *Meta) { delete(m.Annotations, AnnotationSource) },
	} {
		moved := meta
		moved.Annotations = maps.Clone(meta.Annotations)
		if change(&moved); moved.Ours() || moved.CopyOf(o) {
			t.Errorf("%s it is taken for ours", name)
		}
	}
	meta.Labels[LabelManagedBy] = "Helm"
	if meta.CopyOf(o) {
		t.Error("somebody else has taken it over")
	}
}

// TestClusterIsKept: who may not read the source cluster's UID neither loses it
// nor leaves that of another cluster.
func TestClusterIsKept(t *testing.T) {
	o := Origin{Namespace: "n", Name: "s", UID: "u"}
	content, err := Spec{}.Content(Secret{Data: values("a")}, o, Stamp{}, NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	known := Meta{Namespace: "n", Name: "s", Labels: content.Labels, Annotations: content.AnnotationsAt("n", "s")}
	known.Annotations[AnnotationCluster] = "c"
	if cluster := content.WrittenOver(&known, "n", "s")[AnnotationCluster]; cluster != "c" {
		t.Error("the cluster's UID is lost")
	}
	other := known
	other.Labels, other.Annotations = maps.Clone(known.Labels), maps.Clone(known.Annotations)
	other.Labels[LabelSourceUID], other.Annotations[AnnotationUID] = "other", "other"
	if cluster, written := content.WrittenOver(&other, "n", "s")[AnnotationCluster]; !written || cluster != "" {
		t.Errorf("another cluster's UID stays: %q", cluster)
	}
}

// TestInTheClear: an annotation that holds a value is not taken over, whatever
// its name.
func TestInTheClear(t *testing.T) {
	source := Secret{
		Data: map[string]Value{"password": NewValue([]byte("hunter2-hunter2")), "flag": NewValue([]byte("true"))},
		Meta: Meta{Labels: map[string]string{"y/plain": "hunter2-hunter2", "y/short": "true"}, Annotations: map[string]string{
			"x/plain": "it is hunter2-hunter2!", "x/base64": `{"data":{"password":"aHVudGVyMi1odW50ZXIy"}}`, "x/short": "true", "x/other": "a",
			"objectset.rio.cattle.io/applied": "H4sI", "kapp.k14s.io/original": "{}", "banzaicloud.com/last-applied": "x",
		}},
	}
	for pattern, want := range map[string]string{"x/*": "x/base64", "x/plain": "x/plain", "*": "x/base64", "x/s*": "", "x/other": "", "*applied": "", "kapp*": ""} {
		content, err := Spec{CopyAnnotations: []string{pattern}}.Content(source, Origin{UID: "u"}, Stamp{}, NewFingerprinter())
		if want == "" != (err == nil) || err != nil && !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%s: %v", pattern, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the refusal says it: %v", err)
		}
		for key := range content.Annotations {
			if strings.Contains(key, "applied") || strings.Contains(key, "kapp") {
				t.Errorf("%s: %s was copied", pattern, key)
			}
		}
	}
	for pattern, want := range map[string]string{"y/*": "label of the source holds a value of it: y/plain", "y/short": ""} {
		if _, err := (Spec{CopyLabels: []string{pattern}}).Content(source, Origin{UID: "u"}, Stamp{}, NewFingerprinter()); want == "" != (err == nil) || err != nil && err.Error() != want {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}
