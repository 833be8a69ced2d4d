// Package v1alpha1 is the structured output of kubectl secretsync. Fields are
// only ever added; readers must ignore what they do not know. No field ever
// holds a Secret's value, or anything that is computed from one alone.
package v1alpha1

// APIVersion and the kind of this package.
const (
	APIVersion = "secretsync.datum.net/v1alpha1"
	ReportKind = "SecretSyncReport"
)

// Report is what a command did with each target, or would do.
type Report struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Command is copy, diff, status or delete.
	Command string `json:"command"`
	// DryRun is client or server where nothing was to be written.
	DryRun string `json:"dryRun,omitempty"`
	// Source is the cluster that was copied from, empty for manifests.
	Source string `json:"source,omitempty"`
	// Summary counts targets by result, or by state for status.
	Summary map[string]int `json:"summary"`
	// Targets are ordered by cluster as these were named, source and namespace.
	Targets []Target `json:"targets"`
	// Warnings are about the run as a whole.
	Warnings []string `json:"warnings,omitempty"`
}

// Target is one copy.
type Target struct {
	// Cluster is the context, file or Secret that names the cluster.
	Cluster   string `json:"cluster"`
	Server    string `json:"server,omitempty"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Source is the NAMESPACE/NAME that it is a copy of.
	Source string `json:"source"`
	// Action is create, update, recreate, delete, reduce, release, unchanged,
	// absent, skip, conflict, forbidden, refused or failed. A release takes the
	// plan out of a copy that other plans make too; to reduce a copy is to delete
	// what is ours of it and to leave the keys of others.
	Action string `json:"action"`
	// Outcome is done, planned, validated, nothing, failed or not-attempted.
	Outcome string `json:"outcome"`
	// State is in-sync, drifted, outdated, drifted+outdated, missing, foreign,
	// orphaned or unknown; of the command status only.
	State string `json:"state,omitempty"`
	// Problem is a word for what went wrong, such as forbidden, timeout, quota.
	Problem string `json:"problem,omitempty"`
	// Message says why, in the server's words where it has any.
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Owner is who owns the target instead of kubectl secretsync.
	Owner           string   `json:"owner,omitempty"`
	CreateNamespace bool     `json:"createNamespace,omitempty"`
	Changes         *Changes `json:"changes,omitempty"`
	// ChangedByAdmission are fields that the target's admission changed on their
	// way in, such as .data.password.
	ChangedByAdmission []string `json:"changedByAdmission,omitempty"`
	// SyncedAt and SourceVersion are what the copy says of itself.
	SyncedAt        string `json:"syncedAt,omitempty"`
	SourceVersion   string `json:"sourceResourceVersion,omitempty"`
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`
	// Attempts is how often the write was tried.
	Attempts int      `json:"attempts,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// Changes are the differences between a target and what it has to hold. Of
// labels and annotations only the keys are named.
type Changes struct {
	Keys        []KeyChange `json:"keys,omitempty"`
	Labels      []string    `json:"labels,omitempty"`
	Annotations []string    `json:"annotations,omitempty"`
	FromType    string      `json:"fromType,omitempty"`
	ToType      string      `json:"toType,omitempty"`
}

// KeyChange is one key of the data that is added, removed, changed or, in a deletion,
// kept.
type KeyChange struct {
	Key    string `json:"key"`
	Change string `json:"change"`
	// Managers are others who hold the key: it is taken from them, or kept.
	Managers string `json:"managers,omitempty"`
	// FromSize and ToSize are in bytes.
	FromSize int `json:"fromSize"`
	ToSize   int `json:"toSize"`
}
