package flux

import (
	stdjson "encoding/json"
	"errors"

	"sigs.k8s.io/json"
)

// wire is the shape of every kind's JSON at once: the kinds do not use one
// field for two things.
type wire struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name       string            `json:"name"`
		Namespace  string            `json:"namespace"`
		Generation int64             `json:"generation"`
		Labels     map[string]string `json:"labels"`
		// Set once the object is being deleted and waits for its finalizers.
		DeletionTimestamp string `json:"deletionTimestamp"`
		CreationTimestamp string `json:"creationTimestamp"`
		Annotations       struct {
			// flux-operator's way to suspend an object (api/v1, common_types.go, v0.59.0).
			Reconcile string `json:"fluxcd.controlplane.io/reconcile"`
			// kustomize-controller's way to leave one alone (v1.9.5, apply).
			Apply string `json:"kustomize.toolkit.fluxcd.io/reconcile"`
		} `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Suspend      bool         `json:"suspend"`
		Path         lenient      `json:"path"`
		Interval     lenient      `json:"interval"`
		Wait         bool         `json:"wait"`
		DependsOn    []Dependency `json:"dependsOn"`
		SourceRef    *Reference   `json:"sourceRef"`
		ChartRef     *Reference   `json:"chartRef"`
		HealthChecks []Reference  `json:"healthChecks"`
		HealthExprs  []Reference  `json:"healthCheckExprs"`
		KubeConfig   *struct{}    `json:"kubeConfig"`
		Chart        *wireChart   `json:"chart"`
	} `json:"spec"`
	Status *Status `json:"status"`
}

// lenient is a text that no verdict rests on: a value of another type counts
// as none, without an error.
type lenient string

// UnmarshalJSON takes what is no string as empty.
func (l *lenient) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.UnmarshalCaseSensitivePreserveInts(data, &text); err != nil {
		text = ""
	}
	*l = lenient(text)
	return nil
}

// wireChart is HelmRelease's spec.chart; a HelmChart has a string there.
type wireChart struct {
	Spec struct {
		SourceRef *Reference `json:"sourceRef"`
	} `json:"spec"`
}

// UnmarshalJSON takes HelmChart's string as no chart template.
func (c *wireChart) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] != '{' {
		return nil
	}
	type plain wireChart
	return json.UnmarshalCaseSensitivePreserveInts(data, (*plain)(c))
}

// Decode reads one object from its JSON. Fields that have the wrong type are
// left out and named in the error, which then stands beside a usable object;
// with an empty Name there is none.
func Decode(data []byte) (Object, error) {
	var w wire
	err := json.UnmarshalCaseSensitivePreserveInts(data, &w)
	if err != nil && !isFieldError(err) {
		return Object{}, err
	}
	return w.object(), err
}

func isFieldError(err error) bool {
	var field *stdjson.UnmarshalTypeError
	return errors.As(err, &field)
}

// object moves what was read into the shape that the rest works with.
func (w *wire) object() Object {
	object := Object{
		ID:           ID{Kind: w.Kind, Namespace: w.Metadata.Namespace, Name: w.Metadata.Name},
		APIVersion:   w.APIVersion,
		Labels:       w.Metadata.Labels,
		Generation:   w.Metadata.Generation,
		Terminating:  w.Metadata.DeletionTimestamp != "",
		Suspended:    w.Spec.Suspend || w.Metadata.Annotations.Reconcile == "disabled",
		DependsOn:    w.Spec.DependsOn,
		Source:       w.source(),
		HealthChecks: w.Spec.HealthChecks, HealthCheckExprs: w.Spec.HealthExprs,
		Wait:      w.Spec.Wait,
		Unapplied: w.Metadata.Annotations.Apply == "disabled" || w.Metadata.Labels["kustomize.toolkit.fluxcd.io/reconcile"] == "disabled",
		Remote:    w.Spec.KubeConfig != nil,
		Path:      string(w.Spec.Path),
		Interval:  string(w.Spec.Interval),
		Created:   parseTime(w.Metadata.CreationTimestamp),
		Status:    w.Status,
	}
	if object.Status == nil && object.served() {
		object.Status = &Status{}
	}
	return object
}

// served reports whether an API server has seen the object: it sets both
// fields, and nobody writes both into a file.
func (o *Object) served() bool { return !o.Created.IsZero() && o.Generation > 0 }

func (w *wire) source() *Reference {
	switch {
	case w.Spec.SourceRef != nil:
		return w.Spec.SourceRef
	case w.Spec.ChartRef != nil:
		return w.Spec.ChartRef
	case w.Spec.Chart != nil:
		return w.Spec.Chart.Spec.SourceRef
	default:
		return nil
	}
}
