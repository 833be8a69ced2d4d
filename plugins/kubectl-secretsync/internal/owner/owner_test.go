package owner

import (
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
		"Helm":                                     {Labels: text("app.kubernetes.io/managed-by", "Helm")},
		"Helm (instance app)":                      {Labels: text("app.kubernetes.io/managed-by", "Helm", "app.kubernetes.io/instance", "app")},
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
		"Vault Secrets Operator":                   {Labels: text("secrets.hashicorp.com/vso-ownerRefUID", "u")},
	} {
		if got := Find(meta); got != want {
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
