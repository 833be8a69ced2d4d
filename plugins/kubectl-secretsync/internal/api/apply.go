package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

const contentApply = "application/apply-patch+yaml"

// applies reports whether the call is a server-side apply.
func (c call) applies() bool { return c.contentType == contentApply }

// mustBeNew is a resourceVersion that no object has. The server creates what is not
// there whatever the version, and answers 409 where something is (kubernetes#106745
// relies on it).
const mustBeNew = "1"

// Create creates the copy, and fails with a conflict where something is in its
// place. With patch it is applied, so that the server knows its fields as ours; who
// may create and not patch creates it as a whole.
func (c *Client) Create(ctx context.Context, prints *secret.Fingerprinter, a plan.Action, dryRun bool) (Written, error) {
	if a.Seen.Access.Patch == plan.Denied {
		return c.Remake(ctx, prints, a.Place, a.Content, nil, dryRun)
	}
	annotations := a.Content.WrittenOver(nil, a.Place.Namespace, a.Place.Name)
	written, err := c.apply(ctx, prints, applied{place: a.Place, content: a.Content, annotations: annotations, version: mustBeNew, dryRun: dryRun})
	if err != nil && AsError(err).Problem().Kind == plan.KindForbidden {
		// What is asked beforehand is not always answered.
		return c.Remake(ctx, prints, a.Place, a.Content, nil, dryRun)
	}
	return written, err
}

// Apply makes the object what the action says, provided that it is still the one
// that was read: first what an apply cannot do, then the content. What is not sent
// is no longer ours, and goes where nobody else holds it.
func (c *Client) Apply(ctx context.Context, prints *secret.Fingerprinter, a plan.Action, dryRun bool) (Written, error) {
	meta, force := a.Seen.Object.Meta, a.Work.Force
	if a.Work.Prepares() {
		prepared, err := c.Prepare(ctx, a, dryRun)
		if err != nil {
			return Written{}, err
		}
		if force = force || dryRun; !dryRun {
			meta.ResourceVersion = prepared.ResourceVersion
		}
	}
	annotations := a.Content.WrittenOver(&a.Seen.Object.Meta, a.Place.Namespace, a.Place.Name)
	if shared := strings.Join(a.Work.Shared.Strings(), ","); shared != "" {
		annotations[secret.AnnotationShared] = shared
	}
	return c.apply(ctx, prints, applied{
		place: a.Place, content: a.Content, annotations: annotations, uid: meta.UID, version: meta.ResourceVersion,
		force: force, dryRun: dryRun, immutable: a.Seen.Object.Immutable,
	})
}

// Note records in a copy that was written just now what admission has changed.
func (c *Client) Note(ctx context.Context, prints *secret.Fingerprinter, a plan.Action, written Written) (Written, error) {
	annotations := a.Content.WrittenOver(&written.Stored.Meta, a.Place.Namespace, a.Place.Name)
	if shared, ok := written.Stored.Meta.Annotations[secret.AnnotationShared]; ok {
		annotations[secret.AnnotationShared] = shared
	}
	annotations[secret.AnnotationAdmission] = strings.Join(written.Changed, ",")
	return c.apply(ctx, prints, applied{place: a.Place, content: a.Content, annotations: annotations, uid: written.UID, version: written.ResourceVersion, immutable: true})
}

// applied is one server-side apply.
type applied struct {
	place       plan.Place
	content     *secret.Content
	annotations map[string]string
	// uid is empty for what is to be created.
	uid, version  string
	force, dryRun bool
	// immutable is true if the object was so before.
	immutable bool
}

func (c *Client) apply(ctx context.Context, prints *secret.Fingerprinter, a applied) (Written, error) {
	metadata := map[string]any{
		"name": a.place.Name, "namespace": a.place.Namespace, "resourceVersion": a.version,
		"labels": a.content.Labels, "annotations": a.annotations,
	}
	if a.uid != "" {
		metadata["uid"] = a.uid
	}
	data := pointers(a.content.Data)
	if len(data) == 0 {
		// An empty map would be held as a whole.
		data = nil
	}
	body, err := encode(map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": a.content.Type}, data)
	if err != nil {
		return Written{}, err
	}
	query := writeQuery(a.dryRun)
	query.Set("force", strconv.FormatBool(a.force))
	what := call{method: http.MethodPatch, path: secrets(a.place.Namespace, a.place.Name), query: query, body: body, contentType: contentApply}
	return c.copied(ctx, prints, what, a.content, a.annotations, a.immutable)
}

// Prepare does what an apply cannot do, in one merge patch: it sets who holds which
// field, and removes fields that others hold.
func (c *Client) Prepare(ctx context.Context, a plan.Action, dryRun bool) (Written, error) {
	meta := a.Seen.Object.Meta
	metadata := map[string]any{"uid": meta.UID, "resourceVersion": meta.ResourceVersion}
	if a.Work.Entries != nil {
		metadata["managedFields"] = a.Work.Entries
	}
	if a.Work.Owners {
		metadata["ownerReferences"] = nil
	}
	var data map[string]*secret.Value
	labels, annotations := map[string]any{}, map[string]any{}
	for field := range a.Work.Drop {
		switch field.Kind {
		case secret.LabelField:
			labels[field.Key] = nil
		case secret.AnnotationField:
			annotations[field.Key] = nil
		case secret.DataField:
			if data == nil {
				data = map[string]*secret.Value{}
			}
			data[field.Key] = nil
		}
	}
	if len(labels) > 0 {
		metadata["labels"] = labels
	}
	if len(annotations) > 0 {
		metadata["annotations"] = annotations
	}
	body, err := encode(map[string]any{"metadata": metadata}, data)
	if err != nil {
		return Written{}, err
	}
	return c.patch(ctx, a.Place, body, dryRun)
}

// Hold sets who holds which field of an object that was written just now.
func (c *Client) Hold(ctx context.Context, place plan.Place, written Written, entries []secret.ManagedFields) (Written, error) {
	body, err := encode(map[string]any{"metadata": map[string]any{
		"uid": written.UID, "resourceVersion": written.ResourceVersion, "managedFields": entries,
	}}, nil)
	if err != nil {
		return Written{}, err
	}
	return c.patch(ctx, place, body, false)
}
