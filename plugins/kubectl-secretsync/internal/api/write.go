package api

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Written is what a write gave.
type Written struct {
	UID, ResourceVersion string
	Warnings             []string
	// Said are the server's warnings: anybody's words.
	Said []string
	// Stored is the copy as the server has it now; nil for writes of no copy.
	Stored *secret.Snapshot
	// Changed are the fields that admission has changed on the way, as the API
	// server writes them.
	Changed []string
}

func writeQuery(dryRun bool) url.Values {
	query := url.Values{"fieldManager": {secret.FieldManager}}
	if dryRun {
		query.Set("dryRun", "All")
	}
	return query
}

// write sends a write once, and reads the metadata that come back.
func (c *Client) write(ctx context.Context, what call) (Written, error) {
	what.accept, what.limit = acceptMetadata+", "+acceptObject, maxObject
	got, err := c.once(ctx, what)
	if err != nil {
		return Written{}, err
	}
	meta, err := decoded(secret.DecodeMeta(got.body))
	return Written{UID: meta.UID, ResourceVersion: meta.ResourceVersion, Said: got.warnings}, err
}

// Preserved is what a Secret that is created anew keeps of the old one.
type Preserved struct {
	Meta      secret.Meta
	Immutable bool
	// Without are labels and annotations that it does not keep; Owners is true if it keeps
	// no ownerReferences.
	Without []secret.FieldSet
	Owners  bool
}

// Remake creates the copy as a whole, in the place of what old is of. It takes the
// verb create and no other.
func (c *Client) Remake(ctx context.Context, prints *secret.Fingerprinter, place plan.Place, content *secret.Content, old *Preserved, dryRun bool) (Written, error) {
	fields := newObject(place, content, old)
	body, err := encode(fields, pointers(content.Data))
	if err != nil {
		return Written{}, err
	}
	what := call{method: http.MethodPost, path: secrets(place.Namespace), query: writeQuery(dryRun), body: body, contentType: acceptObject}
	return c.copied(ctx, prints, what, content, annotationsOf(fields), old != nil && old.Immutable)
}

func annotationsOf(fields map[string]any) map[string]string {
	metadata, _ := fields["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]string)
	return annotations
}

func (c *Client) post(ctx context.Context, namespace string, body *Body, dryRun bool) (Written, error) {
	return c.write(ctx, call{method: http.MethodPost, path: secrets(namespace), query: writeQuery(dryRun), body: body, contentType: acceptObject})
}

// copied sends a write of a copy once, and compares what the server has stored with
// what it was sent: admission changes an object after the server has recorded who
// wrote it.
func (c *Client) copied(ctx context.Context, prints *secret.Fingerprinter, what call, content *secret.Content, annotations map[string]string, immutable bool) (Written, error) {
	what.accept, what.limit = acceptObject, maxObject
	got, err := c.once(ctx, what)
	if err != nil {
		return Written{}, err
	}
	stored, err := decoded(prints.DecodeSnapshot(got.body))
	if err != nil {
		return Written{}, err
	}
	changed := content.Changed(stored, annotations)
	if stored.Immutable && !immutable {
		changed[secret.Field{Kind: secret.ImmutableField}] = true
	}
	return Written{UID: stored.Meta.UID, ResourceVersion: stored.Meta.ResourceVersion, Said: got.warnings, Stored: stored, Changed: changed.Strings()}, nil
}

func newObject(place plan.Place, content *secret.Content, old *Preserved) map[string]any {
	labels, annotations := map[string]string{}, map[string]string{}
	metadata := map[string]any{"name": place.Name, "namespace": place.Namespace, "labels": labels, "annotations": annotations}
	fields := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": content.Type}
	var meta *secret.Meta
	if old != nil {
		meta = &old.Meta
		maps.Copy(labels, old.Meta.Labels)
		maps.Copy(annotations, old.Meta.Annotations)
		// It holds the old data in the clear.
		delete(annotations, secret.LastApplied)
		old.leaveOut(labels, annotations)
		kept := old.Meta
		if old.Owners {
			kept.OwnerReferences = nil
		}
		keepOwners(metadata, kept)
		fields["immutable"] = old.Immutable
	}
	maps.Copy(labels, content.Labels)
	maps.Copy(annotations, content.WrittenOver(meta, place.Namespace, place.Name))
	return fields
}

func (p *Preserved) leaveOut(labels, annotations map[string]string) {
	delete(annotations, secret.AnnotationAdmission)
	delete(annotations, secret.AnnotationShared)
	for _, set := range p.Without {
		for field := range set {
			switch field.Kind {
			case secret.LabelField:
				delete(labels, field.Key)
			case secret.AnnotationField:
				delete(annotations, field.Key)
			}
		}
	}
}

func keepOwners(metadata map[string]any, old secret.Meta) {
	if len(old.OwnerReferences) > 0 {
		metadata["ownerReferences"] = old.OwnerReferences
	}
	if len(old.Finalizers) > 0 {
		metadata["finalizers"] = old.Finalizers
	}
}

func pointers(data map[string]secret.Value) map[string]*secret.Value {
	all := map[string]*secret.Value{}
	for key, value := range data {
		all[key] = &value
	}
	return all
}

// Annotate sets annotations of the object that was read and of no other.
func (c *Client) Annotate(ctx context.Context, place plan.Place, meta secret.Meta, annotations map[string]string, dryRun bool) (Written, error) {
	body, err := encode(map[string]any{"metadata": map[string]any{
		"uid": meta.UID, "resourceVersion": meta.ResourceVersion, "annotations": annotations,
	}}, nil)
	if err != nil {
		return Written{}, err
	}
	return c.patch(ctx, place, body, dryRun)
}

func (c *Client) patch(ctx context.Context, place plan.Place, body *Body, dryRun bool) (Written, error) {
	return c.write(ctx, call{
		method: http.MethodPatch, path: secrets(place.Namespace, place.Name), query: writeQuery(dryRun),
		body: body, contentType: "application/merge-patch+json",
	})
}

// Delete deletes the object that was read and no other.
func (c *Client) Delete(ctx context.Context, place plan.Place, meta secret.Meta, dryRun bool) error {
	options := map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions",
		"preconditions": map[string]string{"uid": meta.UID, "resourceVersion": meta.ResourceVersion},
	}
	if dryRun {
		options["dryRun"] = []string{"All"}
	}
	body, err := encode(options, nil)
	if err != nil {
		return err
	}
	_, err = c.once(ctx, call{
		method: http.MethodDelete, path: secrets(place.Namespace, place.Name),
		body: body, contentType: acceptObject, accept: acceptMetadata + ", " + acceptObject, limit: maxObject,
	})
	return err
}

// CreateNamespace creates a namespace; one that is there already is fine.
func (c *Client) CreateNamespace(ctx context.Context, name string, dryRun bool) error {
	body, err := encode(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]string{"name": name}}, nil)
	if err != nil {
		return err
	}
	_, err = c.write(ctx, call{
		method: http.MethodPost, path: []string{"api", "v1", "namespaces"}, query: writeQuery(dryRun),
		body: body, contentType: acceptObject,
	})
	if err != nil && AsError(err).Reason == "AlreadyExists" && !strings.HasPrefix(err.Error(), "object is being deleted") {
		return nil
	}
	return err
}

// Restore puts back a Secret that was deleted.
func (c *Client) Restore(ctx context.Context, old secret.Secret) (Written, error) {
	metadata := map[string]any{
		"name": old.Meta.Name, "namespace": old.Meta.Namespace,
		"labels": old.Meta.Labels, "annotations": old.Meta.Annotations,
	}
	keepOwners(metadata, old.Meta)
	body, err := encode(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": old.Type, "immutable": old.Immutable,
	}, pointers(old.Data))
	if err != nil {
		return Written{}, err
	}
	return c.post(ctx, old.Meta.Namespace, body, false)
}
