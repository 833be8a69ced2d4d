package flux

import (
	"fmt"
	"slices"
	"strings"
)

// Group is an API group of Flux objects.
type Group string

// The groups read by fluxdeps.
const (
	KustomizeGroup Group = "kustomize.toolkit.fluxcd.io"
	HelmGroup      Group = "helm.toolkit.fluxcd.io"
	SourceGroup    Group = "source.toolkit.fluxcd.io"
	OperatorGroup  Group = "fluxcd.controlplane.io"
)

// Kinds of objects that can have a dependsOn.
const (
	Kustomization = "Kustomization"
	HelmRelease   = "HelmRelease"
	ResourceSet   = "ResourceSet"
)

// ResourceSetInputProvider is the kind of what ResourceSets take inputs from.
const ResourceSetInputProvider = "ResourceSetInputProvider"

// Kinds of sources.
const (
	OCIRepository    = "OCIRepository"
	GitRepository    = "GitRepository"
	Bucket           = "Bucket"
	ExternalArtifact = "ExternalArtifact"
	HelmChart        = "HelmChart"
	HelmRepository   = "HelmRepository"
)

// KindInfo is what is needed to list a kind and to recognise its name.
type KindInfo struct {
	Kind   string
	Group  Group
	Plural string
	// Short names as the CRDs declare them.
	Short []string
	// Versions still in use, newest first. The newest that the server serves
	// is the one read.
	Versions []string
	// Depends reports whether objects of the kind have a dependsOn.
	Depends bool
}

// kinds is never written to. It is a variable and not made by each call,
// because every object and every edge asks for its kind.
var kinds = [...]KindInfo{
	{
		Kind: Kustomization, Group: KustomizeGroup, Plural: "kustomizations", Short: []string{"ks"},
		Versions: []string{"v1", "v1beta2", "v1beta1"}, Depends: true,
	},
	{
		Kind: HelmRelease, Group: HelmGroup, Plural: "helmreleases", Short: []string{"hr"},
		Versions: []string{"v2", "v2beta2", "v2beta1"}, Depends: true,
	},
	{
		Kind: ResourceSet, Group: OperatorGroup, Plural: "resourcesets", Short: []string{"rset"},
		Versions: []string{"v1"}, Depends: true,
	},
	{
		Kind: ResourceSetInputProvider, Group: OperatorGroup, Plural: "resourcesetinputproviders", Short: []string{"rsip"},
		Versions: []string{"v1"},
	},
	{
		Kind: OCIRepository, Group: SourceGroup, Plural: "ocirepositories", Short: []string{"ocirepo"},
		Versions: []string{"v1", "v1beta2"},
	},
	{
		Kind: GitRepository, Group: SourceGroup, Plural: "gitrepositories", Short: []string{"gitrepo"},
		Versions: []string{"v1", "v1beta2", "v1beta1"},
	},
	{
		Kind: Bucket, Group: SourceGroup, Plural: "buckets",
		Versions: []string{"v1", "v1beta2", "v1beta1"},
	},
	{
		Kind: ExternalArtifact, Group: SourceGroup, Plural: "externalartifacts",
		Versions: []string{"v1"},
	},
	{
		Kind: HelmChart, Group: SourceGroup, Plural: "helmcharts", Short: []string{"hc"},
		Versions: []string{"v1", "v1beta2", "v1beta1"},
	},
	{
		Kind: HelmRepository, Group: SourceGroup, Plural: "helmrepositories", Short: []string{"helmrepo"},
		Versions: []string{"v1", "v1beta2", "v1beta1"},
	},
}

// Kinds lists every kind that fluxdeps reads, those with a dependsOn first.
func Kinds() []KindInfo { return slices.Clone(kinds[:]) }

// LookupKind returns what is known of a kind.
func LookupKind(kind string) (KindInfo, bool) {
	for i := range kinds {
		if kinds[i].Kind == kind {
			return kinds[i], true
		}
	}
	return KindInfo{}, false
}

// ParseKind returns the kind that a user means by text: its name in any case,
// its plural, or a short name; with or without the API group behind a dot.
func ParseKind(text string) (string, error) {
	name, group, qualified := strings.Cut(strings.ToLower(text), ".")
	for _, k := range Kinds() {
		if qualified && group != string(k.Group) {
			continue
		}
		if name == strings.ToLower(k.Kind) || name == k.Plural || slices.Contains(k.Short, name) {
			return k.Kind, nil
		}
	}
	return "", fmt.Errorf("%q is not a kind that fluxdeps knows (Kustomization, HelmRelease, ResourceSet or a Flux source)", text)
}

// HasDependsOn reports whether objects of the kind can have a dependsOn.
func HasDependsOn(kind string) bool {
	k, ok := LookupKind(kind)
	return ok && k.Depends
}

// IsSource reports whether the kind is a Flux source.
func IsSource(kind string) bool {
	k, ok := LookupKind(kind)
	return ok && k.Group == SourceGroup
}

// KindOf returns the kind of a document by its apiVersion and kind; false when
// it is not one that fluxdeps reads, as kustomize's own Kustomization is not.
func KindOf(apiVersion, kind string) (KindInfo, bool) {
	group, _, _ := strings.Cut(apiVersion, "/")
	k, ok := LookupKind(kind)
	return k, ok && string(k.Group) == group
}
