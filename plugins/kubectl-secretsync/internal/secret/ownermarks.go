package secret

import (
	"maps"
	"slices"
	"strings"
)

// LabelInstance is the label of Helm charts by which Argo CD, too, may tell what is
// its own (argo-cd docs/user-guide/resource_tracking.md; argo-cd#1482).
const LabelInstance = "app.kubernetes.io/instance"

// AnnotationMarks names the marks of others that were asked for with --label or
// --annotation: these alone make a copy nobody else's.
const AnnotationMarks = Domain + "marks"

// OwnerMark is a label or annotation by which an owner tells what is its own.
type OwnerMark struct {
	Key string
	// Owner is who that is, for people.
	Owner string
	// With is another key whose value is shown behind the owner.
	With string
	// Values reports whether the value names the owner's object.
	Values bool
	// Writers are parts of the names of the field managers that set a weak mark as
	// owners: people and charts set it too, and then it claims nothing.
	Writers []string
}

// Weak reports whether the mark claims an object only if its owner has set it.
func (m OwnerMark) Weak() bool { return len(m.Writers) > 0 }

// OwnerMarks are those of the owners that are known, in the order in which they
// are looked for. Keys were taken from each project's sources where these could
// be read (external-secrets, vault-secrets-operator, replicator, reflector, kubed,
// Omni, Flux, Argo CD, Cluster API, Fleet, kluctl, the addon manager), from real objects
// (the CSI driver, Infisical, Doppler, Capsule), else from their documentation. Capsule's
// labels of tenants are not among them: admission puts these on all that is in a tenant.
func OwnerMarks() []OwnerMark {
	return []OwnerMark{
		{Key: "objectset.rio.cattle.io/owner-name", Owner: "Rancher", Values: true},
		{Key: "fleet.cattle.io/managed-by-name", Owner: "Fleet", Values: true},
		{Key: "objectset.rio.cattle.io/id", Owner: "Rancher or Fleet, set", Values: true},
		{Key: "fleet.cattle.io/managed", Owner: "Fleet"},
		{Key: "meta.helm.sh/release-name", Owner: "Helm release", Values: true},
		{Key: "kustomize.toolkit.fluxcd.io/namespace", Owner: "Flux Kustomization", Values: true, With: "kustomize.toolkit.fluxcd.io/name"},
		{Key: "helm.toolkit.fluxcd.io/namespace", Owner: "Flux HelmRelease", Values: true, With: "helm.toolkit.fluxcd.io/name"},
		{Key: "argocd.argoproj.io/tracking-id", Owner: "Argo CD", Values: true},
		{Key: "argocd.argoproj.io/instance", Owner: "Argo CD", Values: true},
		{Key: "argocd.argoproj.io/secret-type", Owner: "Argo CD, as its", Values: true, Writers: []string{"argocd"}},
		{Key: "kapp.k14s.io/app", Owner: "kapp app", Values: true},
		{Key: "config.k8s.io/owning-inventory", Owner: "inventory", Values: true},
		{Key: "configmanagement.gke.io/managed", Owner: "Config Sync"},
		{Key: "generate.kyverno.io/policy-name", Owner: "Kyverno policy", Values: true},
		{Key: "hnc.x-k8s.io/inherited-from", Owner: "HNC, from namespace", Values: true},
		{Key: "cluster.x-k8s.io/cluster-name", Owner: "Cluster API cluster", Values: true, Writers: []string{"capi", "cluster-api", "kubeadm", "manager"}},
		{Key: "topology.cluster.x-k8s.io/owned", Owner: "Cluster API"},
		{Key: "reconcile.external-secrets.io/created-by", Owner: "External Secrets", Values: true},
		{Key: "reconcile.external-secrets.io/managed", Owner: "External Secrets"},
		{Key: "cert-manager.io/certificate-name", Owner: "cert-manager Certificate", Values: true},
		{Key: "sealedsecrets.bitnami.com/managed", Owner: "Sealed Secrets"},
		{Key: "secrets.hashicorp.com/vso-ownerRefUID", Owner: "Vault Secrets Operator"},
		{Key: "operator.1password.io/item-path", Owner: "1Password operator"},
		{Key: "reflector.v1.k8s.emberstack.com/reflects", Owner: "reflector, from", Values: true},
		{Key: "replicator.v1.mittwald.de/replicated-from-version", Owner: "kubernetes-replicator"},
		{Key: "replicator.v1.mittwald.de/replicate-from", Owner: "kubernetes-replicator, from", Values: true},
		{Key: "kubed.appscode.com/origin", Owner: "config-syncer (kubed)"},
		{Key: "clustersecret.io/created-by", Owner: "ClusterSecret"},
		{Key: "omni.texashpc.com/secret-sync-uid", Owner: "Omni", With: "omni.texashpc.com/secret-sync-name"},
		{Key: "omni.texashpc.com/kubeconfig-export-uid", Owner: "Omni", With: "omni.texashpc.com/kubeconfig-export-name"},
		{Key: "projectsveltos.io/reference-name", Owner: "Sveltos", Values: true},
		{Key: "work.karmada.io/name", Owner: "Karmada Work", Values: true},
		{Key: "olm.owner", Owner: "OLM", Values: true},
		{Key: "applyset.kubernetes.io/part-of", Owner: "ApplySet", Values: true},
		{Key: "addonmanager.kubernetes.io/mode", Owner: "addon manager"},
		{Key: "kluctl.io/discriminator", Owner: "kluctl", Values: true},
		{Key: "k0s.k0sproject.io/stack", Owner: "k0s stack", Values: true},
		{Key: "secrets-store.csi.k8s.io/managed", Owner: "Secrets Store CSI driver"},
		{Key: "secrets.infisical.com/version", Owner: "Infisical operator"},
		{Key: "secrets.doppler.com/version", Owner: "Doppler operator"},
		{Key: "projectcapsule.dev/created-by", Owner: "Capsule", Values: true},
		{Key: "capsule.clastix.io/resources", Owner: "Capsule"},
		{Key: LabelInstance, Owner: "Argo CD or Helm, instance", Values: true, Writers: []string{"argocd", "helm"}},
	}
}

// IsWeak reports whether the table has the key as a weak mark.
func IsWeak(key string) bool {
	return slices.ContainsFunc(OwnerMarks(), func(m OwnerMark) bool { return m.Key == key && m.Weak() })
}

// NeverCopied tells of labels and annotations that no pattern takes over: those
// that hold the data in the clear, and those by which a controller would take
// the copy for its own and prune or overwrite it.
func NeverCopied(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	return key == LabelManagedBy || key == LabelInstance || strings.HasPrefix(key, Domain) ||
		strings.Contains(key, "last-applied") || domains()[prefix] ||
		slices.ContainsFunc([]string{".toolkit.fluxcd.io", ".cluster.x-k8s.io", ".hnc.x-k8s.io", ".kyverno.io", ".karmada.io", ".cattle.io"}, func(ends string) bool { return strings.HasSuffix(prefix, ends) })
}

// domains are those of all owners, and of others that are about one object only.
func domains() map[string]bool {
	all := map[string]bool{
		"helm.sh": true, "kopf.zalando.org": true, "external-secrets.io": true, "configsync.gke.io": true,
		"olm.managed": true, "olm.owner.kind": true, "olm.owner.namespace": true,
		"kubernetes.io": true, "kubectl.kubernetes.io": true, "control-plane.alpha.kubernetes.io": true,
	}
	for _, mark := range OwnerMarks() {
		switch domain := mark.Domain(); {
		case domain != "":
			all[domain] = true
		case !strings.Contains(mark.Key, "/"):
			all[mark.Key] = true
		}
	}
	return all
}

// Domain is the part before the slash by which the owner's other keys are known; ""
// where it is not the owner's own.
func (m OwnerMark) Domain() string {
	domain, _, ok := strings.Cut(m.Key, "/")
	if !ok || m.Key == LabelInstance {
		return ""
	}
	return domain
}

// Asked reports whether a mark of another is on our copy because the user wanted it.
func (m Meta) Asked(key string) bool {
	if !m.Ours() {
		return false
	}
	asked := parseMetadata(m.Annotations[AnnotationMetadata])
	return slices.Contains(strings.Split(m.Annotations[AnnotationMarks], ","), key) ||
		asked[Field{LabelField, key}] || asked[Field{AnnotationField, key}]
}

// askedMarks are the marks of others among labels and annotations that were
// asked for.
func askedMarks(all ...map[string]string) string {
	var asked []string
	for _, some := range all {
		for _, key := range slices.Collect(maps.Keys(some)) {
			if slices.ContainsFunc(OwnerMarks(), func(m OwnerMark) bool { return m.Key == key }) {
				asked = append(asked, key)
			}
		}
	}
	return strings.Join(distinct(asked), ",")
}
