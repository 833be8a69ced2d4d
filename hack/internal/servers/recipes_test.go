package servers

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// Every recipe must find its version in the module that pins it.
func TestRecipesArePinned(t *testing.T) {
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []Name{Etcd, APIServer, ControllerManager, Kubectl, KustomizeController, FluxCLI, Krew, KrewValidator} {
		recipe, err := recipeOf(name)
		if err != nil {
			t.Fatal(err)
		}
		pinned, err := readPins(filepath.Join(root, "hack", "controlplane", recipe.module))
		if err != nil {
			t.Fatal(err)
		}
		if version, err := pinned.version(recipe.requirement); err != nil || !strings.HasPrefix(version, "v") {
			t.Errorf("version of %s = %q, %v", name, version, err)
		}
	}
	if _, err := recipeOf("nginx"); err == nil {
		t.Error("there is a recipe for nginx")
	}
}
