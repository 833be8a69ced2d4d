package flux

import (
	"encoding/json"
	"fmt"
	"time"
)

// Object is one Flux object as far as fluxdeps needs it.
type Object struct {
	ID
	APIVersion string
	Labels     map[string]string
	Generation int64
	Suspended  bool
	// Terminating is true while the object is being deleted. Its controller
	// then looks at no dependency.
	Terminating bool
	// Created is the creationTimestamp; zero for an object that no API server
	// has seen.
	Created time.Time

	DependsOn    []Dependency
	Source       *Reference
	HealthChecks []Reference
	// Path is the folder of the source's artifact that a Kustomization applies.
	Path string
	// Interval is how often the controller looks at the object without any
	// event, as Go writes durations.
	Interval string
	// HealthCheckExprs are the kinds for which the object has expressions of its
	// own, so that they may count as healthy whatever their Ready condition says.
	HealthCheckExprs []Reference
	// Wait is true where the object's readiness waits for all it applies.
	Wait bool
	// Remote is true where the object applies to another cluster.
	Remote bool
	// Unapplied is true where an annotation or label keeps kustomize-controller
	// from applying the object, so that nobody waits for it either.
	Unapplied bool

	// Status is nil where the object was read from a file without one. An
	// object that an API server has seen has one, if an empty one.
	Status *Status
	// Origin is set for objects read from files.
	Origin *Origin
	// Unsourced is true where the object leaves out the source that its kind
	// must have, as one does that a parent patches.
	Unsourced bool
	// MadeBy is the ResourceSet that states the object literally; nil for one
	// with a document of its own.
	MadeBy *ID
	// Raw is the object's JSON, kept only where a readyExpr may need it.
	Raw json.RawMessage
}

// Dependency is one entry of spec.dependsOn. APIVersion, Kind and Ready are
// ResourceSet's; the other controllers ignore them.
type Dependency struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace"`
	Ready      bool   `json:"ready"`
	ReadyExpr  string `json:"readyExpr"`
	// Line is where the entry stands in the object's file, or in File where that
	// is set: a patch may add one. It is 0 where that is not known.
	Line int    `json:"-"`
	File string `json:"-"`
}

// Reference names another object in a spec.
type Reference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace"`
}

// In returns the ID that the reference means when it stands in an object of
// the given namespace.
func (r Reference) In(namespace string) ID {
	if r.Namespace != "" {
		namespace = r.Namespace
	}
	return ID{Kind: r.Kind, Namespace: namespace, Name: r.Name}
}

// ID returns what a healthCheck names. It has no default namespace, and is of
// apps/v1 where it states no version (kustomize-controller v1.9.5,
// ReferenceToObjMetadataSet).
func (r Reference) ID() ID {
	apiVersion := r.APIVersion
	if apiVersion == "" {
		apiVersion = "apps/v1"
	}
	return NewID(apiVersion, r.Kind, r.Namespace, r.Name)
}

// Status is the part of an object's status that verdicts are made of.
type Status struct {
	ObservedGeneration    int64       `json:"observedGeneration"`
	Conditions            []Condition `json:"conditions"`
	LastAppliedRevision   string      `json:"lastAppliedRevision"`
	LastAttemptedRevision string      `json:"lastAttemptedRevision"`
	// Artifact is what a source last produced.
	Artifact *Artifact `json:"artifact"`
	// Inventory holds the applied objects that are Flux objects themselves.
	Inventory Inventory `json:"inventory"`
}

// Condition is a metav1.Condition without what fluxdeps does not use.
type Condition struct {
	Type               string `json:"type"`
	Status             string `json:"status"`
	Reason             string `json:"reason"`
	Message            string `json:"message"`
	ObservedGeneration int64  `json:"observedGeneration"`
	LastTransitionTime string `json:"lastTransitionTime"`
}

// Since returns when the condition last changed its status; zero when that
// is not known.
func (c Condition) Since() time.Time {
	return parseTime(c.LastTransitionTime)
}

// parseTime returns the zero time for a text that is none.
func parseTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Artifact is a source's last artifact.
type Artifact struct {
	Revision       string `json:"revision"`
	LastUpdateTime string `json:"lastUpdateTime"`
}

// Since returns when the artifact was stored; zero when that is not known.
func (a Artifact) Since() time.Time { return parseTime(a.LastUpdateTime) }

// Origin tells where in the files an object was read.
type Origin struct {
	File string
	Line int
}

// String returns file:line.
func (o Origin) String() string { return fmt.Sprintf("%s:%d", o.File, o.Line) }

// Condition returns the condition of the type, nil where there is none.
func (s *Status) Condition(conditionType string) *Condition {
	if s == nil {
		return nil
	}
	for i := range s.Conditions {
		if s.Conditions[i].Type == conditionType {
			return &s.Conditions[i]
		}
	}
	return nil
}
