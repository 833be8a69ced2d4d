package secret

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// Manager is the value of the label of our copies, and the User-Agent's name.
const Manager = "kubectl-secretsync"

// The labels and annotations of a copy.
const (
	Domain         = "secretsync.datum.net/"
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// LabelSourceUID holds the UID of the source, or FromManifest.
	LabelSourceUID = Domain + "source-uid"

	// AnnotationCluster is empty where the writer could not read it.
	AnnotationCluster = Domain + "source-cluster"
	AnnotationSource  = Domain + "source"
	AnnotationVersion = Domain + "source-resource-version"
	AnnotationTime    = Domain + "synced-at"
	AnnotationTool    = Domain + "version"
	AnnotationKeys    = Domain + "keys"
	// AnnotationID holds what the user calls a source that is a manifest.
	AnnotationID = Domain + "source-id"
	// AnnotationUID repeats LabelSourceUID, for targets whose policies take labels
	// away.
	AnnotationUID = Domain + "source-uid"
	// AnnotationMetadata names the labels and annotations that were asked for, as
	// label:KEY and annotation:KEY. Copies of versions that did not record who
	// holds a field lack it.
	AnnotationMetadata = Domain + "metadata"
	// AnnotationShared names the fields that somebody else held with the same
	// value when the copy was written: they are not ours alone.
	AnnotationShared = Domain + "shared"
	// AnnotationAdmission names the fields that admission changed when the copy
	// was written.
	AnnotationAdmission = Domain + "changed-by-admission"
	// AnnotationPlace holds the copy's own NAMESPACE/NAME: the marks of one
	// that somebody has copied on are another's.
	AnnotationPlace = Domain + "copy"

	// LastApplied is where kubectl apply keeps an object's content in the clear.
	LastApplied = "kubectl.kubernetes.io/last-applied-configuration"
)

// FromManifest stands for the UID of a source that is a manifest.
const FromManifest = "manifest"

// Origin tells one source from another.
type Origin struct {
	// Cluster is the UID of the source cluster's kube-system namespace, empty
	// where that cannot be read, or FromManifest.
	Cluster string
	// Server is for people only, since two clusters may have the same address.
	Server address.Address
	// Namespace may be empty for a manifest.
	Namespace, Name string
	UID             string
	ResourceVersion string
	// ID tells a manifest from others of the same name. Without one nothing
	// does.
	ID string
}

// Anonymous reports whether nothing can be known to be a copy of the source.
func (o Origin) Anonymous() bool { return o.UID == FromManifest && o.ID == "" }

// String says for people where it is.
func (o Origin) String() string {
	switch {
	case o.Anonymous():
		return "manifest " + o.Path()
	case o.UID == FromManifest:
		return "manifest " + o.Path() + " (source ID " + o.ID + ")"
	case o.Cluster == "":
		return o.Path() + " of an unknown cluster"
	default:
		return o.Path() + " of cluster " + o.Cluster
	}
}

// Path is NAMESPACE/NAME.
func (o Origin) Path() string { return o.Namespace + "/" + o.Name }

// Ours reports whether the object carries our marks, and that they were made for this
// object. The label may be lost to another tool or a policy: then it is enough that
// the server knows us as the writer of the marks.
func (m Meta) Ours() bool {
	return m.sourceUID() != "" && m.Annotations[AnnotationSource] != "" && m.Annotations[AnnotationPlace] == m.Namespace+"/"+m.Name &&
		(m.Labels[LabelManagedBy] == Manager || slices.ContainsFunc(m.ManagedFields, func(entry ManagedFields) bool { return entry.Ours() && entry.marked() }))
}

// sourceUID is the UID of the source that the copy records.
func (m Meta) sourceUID() string {
	return cmp.Or(m.Labels[LabelSourceUID], m.Annotations[AnnotationUID])
}

// madeOf reports whether the copy records the source's UID.
func (m Meta) madeOf(uid string) bool {
	return m.Labels[LabelSourceUID] == uid || m.Annotations[AnnotationUID] == uid
}

// CopyOf reports whether the object carries our marks and is a copy of the source: of
// a manifest by its ID, else by
// the source's place and its UID, which no two clusters give twice, or when the
// source was made anew since, by its place and its cluster's UID.
func (m Meta) CopyOf(o Origin) bool {
	if !m.Ours() || m.Annotations[AnnotationSource] != o.Path() {
		return false
	}
	if o.UID == FromManifest {
		return m.madeOf(FromManifest) && o.ID != "" && m.Annotations[AnnotationID] == o.ID
	}
	sameCluster := o.Cluster != "" && m.Annotations[AnnotationCluster] == o.Cluster
	if o.UID == "" {
		return sameCluster
	}
	return m.madeOf(o.UID) || sameCluster
}

// Origin returns where a copy says that it came from.
func (m Meta) Origin() Origin {
	id := ""
	if m.madeOf(FromManifest) {
		id = m.Annotations[AnnotationID]
	}
	namespace, name, _ := strings.Cut(m.Annotations[AnnotationSource], "/")
	return Origin{
		Cluster: m.Annotations[AnnotationCluster], Namespace: namespace, Name: name,
		UID: m.sourceUID(), ResourceVersion: m.Annotations[AnnotationVersion], ID: id,
	}
}

// CreatedAt is when the object was created, by the server's clock; the zero time
// where it does not say.
func (m Meta) CreatedAt() time.Time { return stamped(m.CreationTimestamp) }

// SyncedAt is when the copy was last written, by its writer's clock; the zero time
// where it does not say.
func (m Meta) SyncedAt() time.Time {
	return stamped(m.Annotations[AnnotationTime])
}

func stamped(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// Current reports whether the copy is of this source as it is now. A manifest has no
// version, and is never current.
func (m Meta) Current(o Origin) bool {
	return o.ResourceVersion != "" && m.madeOf(o.UID) && m.Annotations[AnnotationVersion] == o.ResourceVersion
}

// WrittenKeys are the keys that we wrote into a copy.
func (m Meta) WrittenKeys() []string {
	if m.Annotations[AnnotationKeys] == "" {
		return nil
	}
	return strings.Split(m.Annotations[AnnotationKeys], ",")
}

// Stamp is what changes with each write.
type Stamp struct {
	Time time.Time
	Tool string
}

// marks are the labels and annotations that make an object a copy of o.
func (o Origin) marks(keys []string) (labels, annotations map[string]string) {
	labels = map[string]string{LabelManagedBy: Manager, LabelSourceUID: cmp.Or(o.UID, FromManifest)}
	annotations = map[string]string{
		AnnotationSource: o.Path(),
		AnnotationUID:    labels[LabelSourceUID],
		AnnotationKeys:   strings.Join(slices.Sorted(slices.Values(keys)), ","),
	}
	if labels[LabelSourceUID] == FromManifest {
		annotations[AnnotationID] = o.ID
	}
	return labels, annotations
}

// passing are the annotations that tell of the last write and who did it: not
// everybody may read the UID of the source cluster. They alone do not make a
// write necessary.
func (o Origin) passing(stamp Stamp) map[string]string {
	annotations := map[string]string{
		AnnotationCluster: o.Cluster,
		AnnotationTime:    stamp.Time.UTC().Format(time.RFC3339), AnnotationTool: stamp.Tool,
	}
	if o.ResourceVersion != "" {
		annotations[AnnotationVersion] = o.ResourceVersion
	}
	return annotations
}
