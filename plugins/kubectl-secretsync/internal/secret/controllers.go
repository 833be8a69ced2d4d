package secret

// ofController tells the domains of the labels and annotations with which
// controllers mark what is theirs.
func ofController(domain string) bool {
	switch domain {
	case "argocd.argoproj.io", "meta.helm.sh", "helm.sh",
		"kopf.zalando.org", "clustersecret.io", "cert-manager.io",
		"reconcile.external-secrets.io", "external-secrets.io",
		"sealedsecrets.bitnami.com", "secrets.hashicorp.com",
		"reflector.v1.k8s.emberstack.com", "replicator.v1.mittwald.de",
		"kubed.appscode.com", "omni.texashpc.com", "projectsveltos.io",
		"work.karmada.io", "resourcetemplate.karmada.io", "propagationpolicy.karmada.io",
		"objectset.rio.cattle.io", "fleet.cattle.io",
		"olm.owner", "olm.owner.kind", "olm.owner.namespace", "olm.managed",
		"kubernetes.io", "kubectl.kubernetes.io", "control-plane.alpha.kubernetes.io":
		return true
	default:
		return false
	}
}
