package flux

import (
	"reflect"
	"strings"
	"testing"
)

const kustomizationJSON = `{
  "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
  "metadata": {"name": "apps", "namespace": "flux-system", "generation": 4, "deletionTimestamp": "2026-11-20T11:00:00Z", "labels": {"team": "web"}},
  "spec": {
    "sourceRef": {"kind": "GitRepository", "name": "fleet"}, "wait": true, "suspend": true, "kubeConfig": {"secretRef": {"name": "x"}},
    "dependsOn": [{"name": "infra"}, {"name": "db", "namespace": "data", "readyExpr": "true"}],
    "healthChecks": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "web"}]
  },
  "status": {
    "observedGeneration": 3, "lastAppliedRevision": "main@sha1:a", "lastAttemptedRevision": "main@sha1:b",
    "conditions": [{"type": "Ready", "status": "False", "reason": "R", "message": "M", "observedGeneration": 3, "lastTransitionTime": "2026-11-20T10:00:00Z"}],
    "inventory": {"entries": [{"id": "web_web_apps_Deployment", "v": "v1"}, {"id": "web_child_kustomize.toolkit.fluxcd.io_Kustomization", "v": "v1"}]}
  }}`

func TestDecode(t *testing.T) {
	got, err := Decode([]byte(kustomizationJSON))
	if err != nil {
		t.Fatal(err)
	}
	want := Object{
		ID:         ID{Kind: Kustomization, Namespace: "flux-system", Name: "apps"},
		APIVersion: "kustomize.toolkit.fluxcd.io/v1", Labels: map[string]string{"team": "web"}, Generation: 4,
		Terminating: true, Suspended: true, Wait: true, Remote: true,
		Source:       &Reference{Kind: GitRepository, Name: "fleet"},
		DependsOn:    []Dependency{{Name: "infra"}, {Name: "db", Namespace: "data", ReadyExpr: "true"}},
		HealthChecks: []Reference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "web", Namespace: "web"}},
		Status: &Status{
			ObservedGeneration: 3, LastAppliedRevision: "main@sha1:a", LastAttemptedRevision: "main@sha1:b",
			Conditions: []Condition{{Type: "Ready", Status: "False", Reason: "R", Message: "M", ObservedGeneration: 3, LastTransitionTime: "2026-11-20T10:00:00Z"}},
			// The Deployment is left out: it can have no dependsOn.
			Inventory: Inventory{{Kind: Kustomization, Namespace: "web", Name: "child"}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestDecodeSource reads the three places where a source is named.
func TestDecodeSource(t *testing.T) {
	for _, c := range []struct {
		name, spec string
		want       *Reference
	}{
		{"none", `{}`, nil},
		{"Kustomization", `{"sourceRef": {"kind": "Bucket", "name": "b", "namespace": "n"}}`, &Reference{Kind: Bucket, Name: "b", Namespace: "n"}},
		{"HelmRelease with chartRef", `{"chartRef": {"kind": "OCIRepository", "name": "c"}}`, &Reference{Kind: OCIRepository, Name: "c"}},
		{"HelmRelease with chart", `{"chart": {"spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "h"}}}}`, &Reference{Kind: HelmRepository, Name: "h"}},
		{"HelmChart, whose chart is a name", `{"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "h"}}`, &Reference{Kind: HelmRepository, Name: "h"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decode([]byte(`{"kind": "K", "metadata": {"name": "a"}, "spec": ` + c.spec + `}`))
			if err != nil || !reflect.DeepEqual(got.Source, c.want) {
				t.Errorf("got %+v, %v, want %+v", got.Source, err, c.want)
			}
		})
	}
}

func TestDecodeSuspended(t *testing.T) {
	for _, c := range []struct {
		name, object string
		want         bool
	}{
		{"by spec", `{"metadata": {"name": "a"}, "spec": {"suspend": true}}`, true},
		{"by flux-operator's annotation", `{"metadata": {"name": "a", "annotations": {"fluxcd.controlplane.io/reconcile": "disabled"}}}`, true},
		{"enabled by the annotation", `{"metadata": {"name": "a", "annotations": {"fluxcd.controlplane.io/reconcile": "enabled"}}}`, false},
		{"not", `{"metadata": {"name": "a"}, "spec": {}}`, false},
	} {
		if got, err := Decode([]byte(c.object)); err != nil || got.Suspended != c.want {
			t.Errorf("%s: suspended = %v, %v, want %v", c.name, got.Suspended, err, c.want)
		}
	}
}

// TestDecodeWrongTypes checks that one wrong field does not cost the others,
// in whatever order they come.
func TestDecodeWrongTypes(t *testing.T) {
	got, err := Decode([]byte(`{
		"spec": {"suspend": "${X}", "wait": true, "dependsOn": [1, {"name": "b"}], "chart": 1},
		"status": {"inventory": [{"name": "not a list of entries"}], "observedGeneration": 2},
		"metadata": {"labels": {"a": 1, "b": "2"}, "name": "a"}}`))
	if err == nil || !strings.Contains(err.Error(), "suspend") {
		t.Errorf("error %v does not name the first wrong field", err)
	}
	if got.Name != "a" || !got.Wait || got.Status.ObservedGeneration != 2 || got.Status.Inventory != nil {
		t.Errorf("got %+v", got)
	}
	if want := []Dependency{{}, {Name: "b"}}; !reflect.DeepEqual(got.DependsOn, want) {
		t.Errorf("dependsOn %v, want %v", got.DependsOn, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{"", "{", "x: y", `{"metadata": }`} {
		if _, err := Decode([]byte(text)); err == nil {
			t.Errorf("%q was decoded", text)
		}
	}
}

// TestDecodeCase: Kubernetes tells "Name" from "name", Go's JSON does not.
func TestDecodeCase(t *testing.T) {
	got, err := Decode([]byte(`{"metadata": {"name": "a", "Name": "b"}, "Spec": {"suspend": true}}`))
	if err != nil || got.Name != "a" || got.Suspended {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestInventory(t *testing.T) {
	for _, c := range []struct {
		name, json string
		want       Inventory
	}{
		{"null", `null`, nil},
		{
			"every kind with a dependsOn", `{"entries": [{"id": "n_a_kustomize.toolkit.fluxcd.io_Kustomization"}, {"id": "n_b_helm.toolkit.fluxcd.io_HelmRelease"}, {"id": "n_c_fluxcd.controlplane.io_ResourceSet"}]}`,
			Inventory{NewID("", Kustomization, "n", "a"), NewID("", HelmRelease, "n", "b"), NewID("", ResourceSet, "n", "c")},
		},
		{"others", `{"entries": [{"id": "n_a_source.toolkit.fluxcd.io_GitRepository"}, {"id": "_x_rbac.authorization.k8s.io_ClusterRole"}, {"id": "n_a_kustomize.config.k8s.io_Kustomization"}]}`, nil},
		{"odd ids", `{"entries": [{"id": "kustomize.toolkit.fluxcd.io"}, {"id": "a_b_c_d_kustomize.toolkit.fluxcd.io_Kustomization"}]}`, nil},
		{"another shape", `[{"name": "kustomize.toolkit.fluxcd.io"}]`, nil},
	} {
		got := Inventory{{Name: "left from before"}}
		if err := got.UnmarshalJSON([]byte(c.json)); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestCondition(t *testing.T) {
	var none *Status
	if none.Condition("Ready") != nil {
		t.Error("no status has a condition")
	}
	status := &Status{Conditions: []Condition{{Type: "Healthy"}, {Type: "Ready", LastTransitionTime: "2026-11-20T10:00:00Z"}}}
	if got := status.Condition("Ready").Since(); got.Unix() != 1795168800 {
		t.Errorf("since %v", got)
	}
	if status.Condition("Stalled") != nil || !status.Condition("Healthy").Since().IsZero() {
		t.Error("what is not there was found")
	}
}

// FuzzDecode decodes any bytes: no panic, and no object beside an error that
// is not about a field.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{kustomizationJSON, `{"metadata": {"name": 1}}`, `[]`, `null`, `{"spec": {"chart": "x", "dependsOn": {}}}`, `{"status": {"inventory": {"entries": 1}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		object, err := Decode(data)
		if err != nil && !isFieldError(err) && !reflect.DeepEqual(object, Object{}) {
			t.Errorf("%+v beside %v", object, err)
		}
	})
}
