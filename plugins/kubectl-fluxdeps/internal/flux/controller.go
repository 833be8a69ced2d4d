package flux

import "k8s.io/apimachinery/pkg/labels"

// Controller is a Deployment that reconciles objects of one kind.
type Controller struct {
	// Kind is the kind of the objects: Kustomization or HelmRelease.
	Kind            string
	Namespace, Name string
	// Selector is what --watch-label-selector says; nil selects all.
	Selector labels.Selector
	// OwnNamespace is true where it watches its own namespace only
	// (--watch-all-namespaces=false).
	OwnNamespace bool
	// Workers is how many objects it reconciles at once (--concurrent).
	Workers int
	// Stopped is true where it is scaled to zero.
	Stopped bool
}

// DefaultWorkers is --concurrent where a controller's arguments do not say
// (kustomize-controller v1.9.5 and helm-controller v1.6.4, main.go).
const DefaultWorkers = 4

// Watches reports whether the controller reconciles the object while it runs.
func (c *Controller) Watches(object *Object) bool {
	return c.Kind == object.Kind && c.selects(object) && (!c.OwnNamespace || c.Namespace == object.Namespace)
}

func (c *Controller) selects(object *Object) bool {
	return c.Selector == nil || c.Selector.Matches(labels.Set(object.Labels))
}

// ShardLabel is what Flux's documentation gives to the objects of a shard.
const ShardLabel = "sharding.fluxcd.io/key"

// Shard is the key of the shard that the object belongs to, empty for none.
func (o *Object) Shard() string { return o.Labels[ShardLabel] }

// ControllersOf returns the controllers that reconcile the object. known is
// false where the Deployments of controllers were not read.
func (s *Snapshot) ControllersOf(object *Object) (watching []*Controller, known bool) {
	for i := range s.Controllers {
		if s.Controllers[i].Watches(object) {
			watching = append(watching, &s.Controllers[i])
		}
	}
	return watching, s.ControllersKnown
}

// WorkersOf returns how many objects of the kind are reconciled at once where
// this one is.
func (s *Snapshot) WorkersOf(object *Object) int {
	workers := 0
	controllers, _ := s.ControllersOf(object)
	for _, controller := range controllers {
		workers = max(workers, controller.Workers)
	}
	if workers == 0 {
		return DefaultWorkers
	}
	return workers
}

// ControllerName returns the name of the controller that reconciles a kind, as
// Flux calls its Deployment; empty for the kinds of flux-operator and sources.
func ControllerName(kind string) string {
	switch kind {
	case Kustomization:
		return "kustomize-controller"
	case HelmRelease:
		return "helm-controller"
	default:
		return ""
	}
}
