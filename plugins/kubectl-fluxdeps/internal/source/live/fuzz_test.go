package live

import (
	"encoding/json"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// FuzzController reads a controller's flags, whatever they are: no panic, at
// least one worker, and a selector that can be asked.
func FuzzController(f *testing.F) {
	f.Add("kustomize-controller", "--concurrent=9", "--watch-label-selector=!sharding.fluxcd.io/key")
	f.Add("helm-controller-x", "--concurrent", "0")
	f.Add("kustomize-controller", "--watch-label-selector", "a in (b, c")
	f.Add("kustomize-controller", "-", "--feature-gates=,=,AdditiveCELDependencyCheck")
	f.Fuzz(func(t *testing.T, name, one, other string) {
		body, err := json.Marshal(controllerDeployment(name, 1, one, other))
		if err != nil {
			t.Skip("not JSON") // of a name that is no UTF-8, which no server sends
		}
		var d deployment
		if err := json.Unmarshal(body, &d); err != nil {
			t.Fatal(err)
		}
		d.gate(additiveGate)
		controller, ok := d.controller()
		if !ok {
			return
		}
		if controller.Workers < 1 {
			t.Errorf("%d workers", controller.Workers)
		}
		controller.Watches(&flux.Object{ID: flux.ID{Kind: controller.Kind}, Labels: map[string]string{flux.ShardLabel: "x"}})
	})
}
