// Package servers provides the real server binaries that the test bed runs.
// They are built once, by Go alone, from the modules that pin their versions,
// and kept in a cache that all checkouts of a user share.
package servers

import "fmt"

// Name is the name of a binary.
type Name string

// The binaries that can be had.
const (
	Etcd                Name = "etcd"
	APIServer           Name = "kube-apiserver"
	ControllerManager   Name = "kube-controller-manager"
	Kubectl             Name = "kubectl"
	KustomizeController Name = "kustomize-controller"
	FluxCLI             Name = "flux"
	Krew                Name = "krew"
	// KrewValidator is what krew-index checks manifests with.
	KrewValidator Name = "validate-krew-manifest"
)

// Paths maps binaries to where they are.
type Paths map[Name]string

// recipe says how a binary is built.
type recipe struct {
	// module is the folder below hack/controlplane that pins its version.
	module string
	// pkg is the main package.
	pkg string
	// requirement is the module whose pinned version is the server's version.
	requirement string
	// embeds is a file that the program embeds and its module lacks.
	embeds string
	// kubernetes marks binaries that learn their version from the linker.
	kubernetes bool
	// patience is what a first build takes on two cores, for the message only.
	patience string
}

// recipeOf returns the recipe of a binary.
func recipeOf(name Name) (recipe, error) {
	switch name {
	case Etcd:
		return recipe{module: "kubernetes", pkg: "go.etcd.io/etcd/server/v3", requirement: "go.etcd.io/etcd/server/v3", patience: "less than a minute"}, nil
	case APIServer:
		return kubernetes("kube-apiserver", "about 3 minutes"), nil
	case ControllerManager:
		return kubernetes("kube-controller-manager", "about a minute"), nil
	case Kubectl:
		return kubernetes("kubectl", "less than a minute"), nil
	case KustomizeController:
		const module = "github.com/fluxcd/kustomize-controller"
		return recipe{module: "flux", pkg: module, requirement: module, patience: "about 4 minutes"}, nil
	case FluxCLI:
		return recipe{
			module: "fluxcli", pkg: "./cmd/flux", requirement: "github.com/fluxcd/flux2/v2",
			// Flux's manifests, of which its releases have a copy.
			embeds: "cmd/flux/manifests/none.yaml", patience: "about a minute",
		}, nil
	case Krew, KrewValidator:
		const module = "sigs.k8s.io/krew"
		return recipe{module: "krew", pkg: module + "/cmd/" + string(name), requirement: module, patience: "less than a minute"}, nil
	}
	return recipe{}, fmt.Errorf("no recipe for a server called %q", name)
}

func kubernetes(command, patience string) recipe {
	return recipe{
		module:      "kubernetes",
		pkg:         "k8s.io/kubernetes/cmd/" + command,
		requirement: "k8s.io/kubernetes",
		kubernetes:  true,
		patience:    patience,
	}
}

// linkerFlags leaves out what only a debugger needs, which halves the size,
// and tells Kubernetes its version, which it reports and compares.
func (r recipe) linkerFlags(version string) string {
	flags := "-s -w"
	if r.kubernetes {
		flags += " -X k8s.io/component-base/version.gitVersion=" + version
	}
	return flags
}
