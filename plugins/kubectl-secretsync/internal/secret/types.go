package secret

import "strings"

// The types of Secrets that matter here.
const (
	TypeOpaque         = "Opaque"
	TypeServiceAccount = "kubernetes.io/service-account-token"
	TypeBootstrap      = "bootstrap.kubernetes.io/token"
	helmPrefix         = "helm.sh/release"
)

// TypeOrDefault is the type that the API server gives a Secret without one.
func TypeOrDefault(name string) string {
	if name == "" {
		return TypeOpaque
	}
	return name
}

// Special says why a Secret of the type is not copied unasked, or "".
func Special(name string) string {
	switch {
	case name == TypeServiceAccount:
		return "a service account's token means nothing in another cluster, and stays valid in its own"
	case name == TypeBootstrap:
		return "a bootstrap token lets nodes join the cluster that it is copied to"
	case strings.HasPrefix(name, helmPrefix):
		return "a copy of a Helm release is a release that was never installed"
	default:
		return ""
	}
}

// Lacks reports whether a Secret of the type needs a key that is not among those left
// (kubernetes v1.36, pkg/apis/core/validation/validation.go, ValidateSecret).
func Lacks(name string, left map[string]bool) bool {
	switch name {
	case "kubernetes.io/tls":
		return !left["tls.crt"] || !left["tls.key"]
	case "kubernetes.io/dockercfg":
		return !left[".dockercfg"]
	case "kubernetes.io/dockerconfigjson":
		return !left[".dockerconfigjson"]
	case "kubernetes.io/basic-auth":
		return !left["username"] && !left["password"]
	case "kubernetes.io/ssh-auth":
		return !left["ssh-privatekey"]
	default:
		return false
	}
}
