// Package owner tells whose an object is: the controller or tool that wrote it
// and would write it again.
package owner

import (
	"cmp"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Find returns the words for the owner of an object, "" where nobody claims it.
// Our own marks are not looked at.
func Find(meta secret.Meta) string {
	for _, find := range []func(secret.Meta) string{byReference, byMark, byManagedBy} {
		if found := find(meta); found != "" {
			return found
		}
	}
	return ""
}

// Claims returns the words for who keeps writing an object, "" for nobody: a
// controller, or whoever leaves a mark. An owner that is no controller only has
// the object deleted with it.
func Claims(meta secret.Meta) string {
	for _, reference := range meta.OwnerReferences {
		if reference.Controller != nil && *reference.Controller {
			return byReference(meta)
		}
	}
	return cmp.Or(byMark(meta), byManagedBy(meta))
}

// byReference names the controller in ownerReferences, else any owner there.
func byReference(meta secret.Meta) string {
	found := ""
	for _, reference := range meta.OwnerReferences {
		words := reference.Kind + "/" + reference.Name
		if group, _, ok := strings.Cut(reference.APIVersion, "/"); ok {
			words += " (" + group + ")"
		}
		if reference.Controller != nil && *reference.Controller {
			return words
		}
		found = cmp.Or(found, words)
	}
	return found
}

// mark is a label or annotation that an owner leaves.
type mark struct {
	key   string
	owner string
	// with is another key whose value is shown behind a slash.
	with string
	// values tells that the value names the owner's object.
	values bool
}

// marks are those of the owners that are known, in the order in which they are
// looked for. Keys were taken from each project's sources where these could be
// read (external-secrets, vault-secrets-operator, replicator, reflector, kubed,
// Omni, Flux, Argo CD), else from their documentation.
func marks() []mark {
	return []mark{
		{key: "meta.helm.sh/release-name", owner: "Helm release", values: true},
		{key: "kustomize.toolkit.fluxcd.io/namespace", owner: "Flux Kustomization", values: true, with: "kustomize.toolkit.fluxcd.io/name"},
		{key: "helm.toolkit.fluxcd.io/namespace", owner: "Flux HelmRelease", values: true, with: "helm.toolkit.fluxcd.io/name"},
		{key: "argocd.argoproj.io/tracking-id", owner: "Argo CD", values: true},
		{key: "argocd.argoproj.io/instance", owner: "Argo CD", values: true},
		{key: "reconcile.external-secrets.io/created-by", owner: "External Secrets", values: true},
		{key: "reconcile.external-secrets.io/managed", owner: "External Secrets"},
		{key: "cert-manager.io/certificate-name", owner: "cert-manager Certificate", values: true},
		{key: "sealedsecrets.bitnami.com/managed", owner: "Sealed Secrets"},
		{key: "secrets.hashicorp.com/vso-ownerRefUID", owner: "Vault Secrets Operator"},
		{key: "reflector.v1.k8s.emberstack.com/reflects", owner: "reflector, from", values: true},
		{key: "replicator.v1.mittwald.de/replicated-from-version", owner: "kubernetes-replicator"},
		{key: "replicator.v1.mittwald.de/replicate-from", owner: "kubernetes-replicator, from", values: true},
		{key: "kubed.appscode.com/origin", owner: "config-syncer (kubed)"},
		{key: "clustersecret.io/created-by", owner: "ClusterSecret"},
		{key: "omni.texashpc.com/secret-sync-uid", owner: "Omni", with: "omni.texashpc.com/secret-sync-name"},
		{key: "omni.texashpc.com/kubeconfig-export-uid", owner: "Omni", with: "omni.texashpc.com/kubeconfig-export-name"},
		{key: "projectsveltos.io/reference-name", owner: "Sveltos", values: true},
		{key: "work.karmada.io/name", owner: "Karmada Work", values: true},
		{key: "objectset.rio.cattle.io/owner-name", owner: "Rancher", values: true},
		{key: "olm.owner", owner: "OLM", values: true},
	}
}

func byMark(meta secret.Meta) string {
	value := func(key string) (string, bool) {
		if text, ok := meta.Labels[key]; ok {
			return text, true
		}
		text, ok := meta.Annotations[key]
		return text, ok
	}
	for _, m := range marks() {
		text, ok := value(m.key)
		if !ok {
			continue
		}
		return words(m, text, value)
	}
	return ""
}

func words(m mark, text string, value func(string) (string, bool)) string {
	said := m.owner
	if m.values && text != "" {
		said += " " + text
	}
	if more, ok := value(m.with); ok && m.with != "" {
		if m.values {
			return said + "/" + more
		}
		return said + " " + more
	}
	return said
}

// byManagedBy reads the recommended label, which holds any tool's name.
func byManagedBy(meta secret.Meta) string {
	manager := meta.Labels[secret.LabelManagedBy]
	if manager == "" || manager == secret.Manager {
		return ""
	}
	if instance := meta.Labels["app.kubernetes.io/instance"]; instance != "" {
		return manager + " (instance " + instance + ")"
	}
	return manager
}
