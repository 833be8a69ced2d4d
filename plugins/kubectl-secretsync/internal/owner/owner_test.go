package owner

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

func TestFind(t *testing.T) {
	yes := true
	reference := func(api, kind string, controller *bool) []secret.OwnerReference {
		return []secret.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "x"}, {APIVersion: api, Kind: kind, Name: "app", Controller: controller}}
	}
	text := func(pairs ...string) map[string]string {
		all := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return all
	}
	for want, meta := range map[string]secret.Meta{
		"":                               {Labels: text("team", "a")},
		"ConfigMap/x":                    {OwnerReferences: reference("v1", "Pod", nil)},
		"SealedSecret/app (bitnami.com)": {OwnerReferences: reference("bitnami.com/v1alpha1", "SealedSecret", &yes), Labels: text("meta.helm.sh/release-name", "x")},
		"ExternalSecret/app (external-secrets.io)": {OwnerReferences: reference("external-secrets.io/v1", "ExternalSecret", &yes)},
		"Helm release app":                         {Annotations: text("meta.helm.sh/release-name", "app"), Labels: text("app.kubernetes.io/managed-by", "Helm")},
		"Flux Kustomization flux-system/apps":      {Labels: text("kustomize.toolkit.fluxcd.io/name", "apps", "kustomize.toolkit.fluxcd.io/namespace", "flux-system")},
		"Flux HelmRelease flux-system/app":         {Labels: text("helm.toolkit.fluxcd.io/name", "app", "helm.toolkit.fluxcd.io/namespace", "flux-system")},
		"Argo CD app:v1/Secret:ns/name":            {Annotations: text("argocd.argoproj.io/tracking-id", "app:v1/Secret:ns/name")},
		"Argo CD app":                              {Labels: text("argocd.argoproj.io/instance", "app")},
		"External Secrets":                         {Labels: text("reconcile.external-secrets.io/managed", "true")},
		"cert-manager Certificate web":             {Annotations: text("cert-manager.io/certificate-name", "web")},
		"Sealed Secrets":                           {Annotations: text("sealedsecrets.bitnami.com/managed", "true")},
		"reflector, from ns/name":                  {Annotations: text("reflector.v1.k8s.emberstack.com/reflects", "ns/name")},
		"kubernetes-replicator":                    {Annotations: text("replicator.v1.mittwald.de/replicated-from-version", "7")},
		"config-syncer (kubed)":                    {Labels: text("kubed.appscode.com/origin.cluster", "x"), Annotations: text("kubed.appscode.com/origin", "{}")},
		"Omni pull":                                {Labels: text("omni.texashpc.com/secret-sync-uid", "u"), Annotations: text("omni.texashpc.com/secret-sync-name", "pull")},
		"kapp app 1610567506920108209":             {Labels: text("kapp.k14s.io/app", "1610567506920108209")},
		"inventory i":                              {Annotations: text("config.k8s.io/owning-inventory", "i")},
		"Kyverno policy sync":                      {Labels: text("generate.kyverno.io/policy-name", "sync", "app.kubernetes.io/managed-by", "kyverno")},
		"HNC, from namespace acme":                 {Labels: text("hnc.x-k8s.io/inherited-from", "acme", "app.kubernetes.io/managed-by", "hnc.x-k8s.io")},
		"Rancher or Fleet, set default-traefik":    {Annotations: text("objectset.rio.cattle.io/id", "default-traefik", "meta.helm.sh/release-name", "traefik")},
		"Fleet bundle":                             {Labels: text("fleet.cattle.io/managed-by-name", "bundle")},
		"ApplySet applyset-x-v1":                   {Labels: text("applyset.kubernetes.io/part-of", "applyset-x-v1")},
		"addon manager":                            {Labels: text("addonmanager.kubernetes.io/mode", "Reconcile")},
		"kluctl prod":                              {Labels: text("kluctl.io/discriminator", "prod")},
		"k0s stack web":                            {Labels: text("k0s.k0sproject.io/stack", "web")},
		"Vault Secrets Operator":                   {Labels: text("secrets.hashicorp.com/vso-ownerRefUID", "u")},
	} {
		if got := Find(meta); got != want && !strings.HasPrefix(got, want+" (") {
			t.Errorf("want %q, got %q", want, got)
		}
	}
	for want, references := range map[string][]secret.OwnerReference{
		"": reference("v1", "Pod", nil), "SealedSecret/app (bitnami.com)": reference("bitnami.com/v1alpha1", "SealedSecret", &yes),
	} {
		if got := Claims(secret.Meta{OwnerReferences: references}); got != want {
			t.Errorf("want a claim of %q, got %q", want, got)
		}
	}
	ours := secret.Meta{Labels: text(secret.LabelManagedBy, secret.Manager, secret.LabelSourceUID, "u")}
	if got := Find(ours); got != "" {
		t.Errorf("ours is said to be owned by %q", got)
	}
}

// TestEveryMark: each mark of the table makes a foreign object, and none is ever
// copied along; but on a copy of ours one that was asked for is no claim.
func TestEveryMark(t *testing.T) {
	var keys []string
	for _, mark := range secret.OwnerMarks() {
		keys = append(keys, mark.Key)
	}
	for _, key := range keys {
		marked := secret.Secret{Meta: secret.Meta{Labels: map[string]string{key: "x"}, Annotations: map[string]string{}}}
		if weak := len(Weak(marked.Meta)) > 0; weak == (Claims(marked.Meta) != "") || weak != secret.IsWeak(key) {
			t.Errorf("%s has no owner, and is not weak", key)
		}
		marked.Meta.Annotations[key] = "x"
		content := func(spec secret.Spec) secret.Meta {
			t.Helper()
			c, err := spec.Content(marked, secret.Origin{Namespace: "n", Name: "s", UID: "u"}, secret.Stamp{}, secret.NewFingerprinter())
			if err != nil {
				t.Fatal(err)
			}
			return secret.Meta{Namespace: "n", Name: "s", Labels: c.Labels, Annotations: c.WrittenOver(nil, "n", "s")}
		}
		if copied := content(secret.Spec{CopyLabels: []string{"*", key}, CopyAnnotations: []string{"*", key}}); copied.Labels[key]+copied.Annotations[key] != "" {
			t.Errorf("%s was copied along", key)
		}
		asked := content(secret.Spec{Labels: map[string]string{key: "y"}})
		if claims := Claims(asked); asked.Labels[key] != "y" || claims != "" {
			t.Errorf("%s was asked for, and is a claim: %s", key, claims)
		}
		asked.Labels[secret.LabelManagedBy] = "another"
		if Claims(asked) == "" && !secret.IsWeak(key) {
			t.Errorf("%s on another's object is no claim", key)
		}
	}
}

func held(manager, fields string) secret.ManagedFields {
	return secret.ManagedFields{Manager: manager, Operation: secret.OperationUpdate, APIVersion: "v1", FieldsType: "FieldsV1", Fields: json.RawMessage(fields)}
}

// TestWeakMarks: a mark that people and charts set, too, claims an object only if its
// owner has set it. Either way it is quoted, with who has set it.
func TestWeakMarks(t *testing.T) {
	for _, c := range []struct{ key, value, manager, claim, weak string }{
		{"app.kubernetes.io/instance", "shop", "argocd-controller", "label app.kubernetes.io/instance=shop, set by argocd-controller", ""},
		{"app.kubernetes.io/instance", "shop", "helm", "label app.kubernetes.io/instance=shop, set by helm", ""},
		{"app.kubernetes.io/instance", "shop", "kubectl-label", "", "label app.kubernetes.io/instance=shop, set by kubectl-label"},
		{"app.kubernetes.io/managed-by", "Helm", "helm", "label app.kubernetes.io/managed-by=Helm, set by helm", ""},
		{"app.kubernetes.io/managed-by", "Helm", "kubectl-edit", "", "label app.kubernetes.io/managed-by=Helm, set by kubectl-edit"},
		{"argocd.argoproj.io/secret-type", "cluster", "argocd-server", "label argocd.argoproj.io/secret-type=cluster, set by argocd-server", ""},
		{"argocd.argoproj.io/secret-type", "cluster", "", "", "label argocd.argoproj.io/secret-type=cluster"},
		{"cluster.x-k8s.io/cluster-name", "c", "kubeadm-bootstrap", "label cluster.x-k8s.io/cluster-name=c, set by kubeadm-bootstrap", ""},
	} {
		meta := secret.Meta{Labels: map[string]string{c.key: c.value}}
		if c.manager != "" {
			meta.ManagedFields = []secret.ManagedFields{held(c.manager, `{"f:metadata":{"f:labels":{"f:`+c.key+`":{}}}}`)}
		}
		weak := ""
		for _, claim := range Weak(meta) {
			weak = claim.String()
		}
		if got := Claims(meta); got != c.claim || weak != c.weak {
			t.Errorf("%s by %s: claim %q, weak %q", c.key, c.manager, got, weak)
		}
	}
}

// TestMarksOfFormerOwners: what a take-over removes are the keys of the owner's own
// domain, and none of others.
func TestMarksOfFormerOwners(t *testing.T) {
	meta := secret.Meta{
		Labels: map[string]string{
			"omni.texashpc.com/secret-sync-uid": "u", "omni.texashpc.com/cluster": "c", "team": "web", "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web",
		},
		Annotations: map[string]string{"omni.texashpc.com/secret-sync-hash": "h", "meta.helm.sh/release-name": "web", "example.com/note": "x", secret.LastApplied: "{}"},
	}
	want := []string{
		".metadata.annotations." + secret.LastApplied, ".metadata.annotations.meta.helm.sh/release-name", ".metadata.annotations.omni.texashpc.com/secret-sync-hash",
		".metadata.labels.omni.texashpc.com/cluster", ".metadata.labels.omni.texashpc.com/secret-sync-uid",
	}
	if got := Marks(meta, Strong(meta, true)).Strings(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
