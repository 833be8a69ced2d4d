package flux

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/artifact"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Publisher gives sources an artifact, as source-controller would after it
// had fetched one.
//
// What it does not do, because nothing is fetched: it reads neither the
// source's URL nor its semver or other filters, verifies no signature, and
// makes no digest of an OCI manifest. The tag is the caller's word.
type Publisher struct {
	// Config reaches the cluster, with the right to patch status.
	Config *rest.Config
	// Store keeps the packed folders, where kustomize-controller can get them.
	Store artifact.Store
}

// Publish packs a folder and names it in the source's status, with the
// revision tag@digest. It returns the artifact as the status has it.
func (p Publisher) Publish(ctx context.Context, source Source, from fs.FS, tag string) (map[string]any, error) {
	stored, err := p.Store.Put(source.String(), from)
	if err != nil {
		return nil, fmt.Errorf("publish %s: %w", source, err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	described := describe(stored, tag, now)
	if err := p.patch(ctx, source, described, now); err != nil {
		return nil, fmt.Errorf("publish %s: %w", source, err)
	}
	return described, nil
}

func describe(stored artifact.Stored, tag string, now time.Time) map[string]any {
	return map[string]any{
		"path":           stored.Path,
		"url":            stored.URL,
		"revision":       tag + "@" + stored.Digest,
		"digest":         stored.Digest,
		"size":           stored.Size,
		"lastUpdateTime": now.Format(time.RFC3339),
	}
}

func (p Publisher) patch(ctx context.Context, source Source, described map[string]any, now time.Time) error {
	resource, err := source.resource()
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(p.Config)
	if err != nil {
		return err
	}
	objects := client.Resource(resource).Namespace(source.Namespace)
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		object, err := objects.Get(ctx, source.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			hint := fmt.Sprintf("kubectl get %s -A", resource.GroupResource())
			return failure.New(failure.BadInput, hint, "%w", err)
		}
		if err != nil {
			return err
		}
		if err := setStatus(object, described, now); err != nil {
			return err
		}
		_, err = objects.UpdateStatus(ctx, object, metav1.UpdateOptions{FieldManager: "devcluster"})
		return err
	})
}

// setStatus writes the status that source-controller leaves behind when all
// went well.
func setStatus(object *unstructured.Unstructured, described map[string]any, now time.Time) error {
	condition := func(kind string) any {
		return map[string]any{
			"type":               kind,
			"status":             "True",
			"reason":             "Succeeded",
			"message":            fmt.Sprintf("stored artifact for revision '%s'", described["revision"]),
			"lastTransitionTime": now.Format(time.RFC3339),
			"observedGeneration": object.GetGeneration(),
		}
	}
	status, _, err := unstructured.NestedMap(object.Object, "status")
	if err != nil {
		return err
	}
	if status == nil {
		status = map[string]any{}
	}
	status["artifact"] = described
	status["conditions"] = []any{condition("Ready"), condition("ArtifactInStorage")}
	if object.GetKind() != "ExternalArtifact" {
		status["observedGeneration"] = object.GetGeneration()
	}
	return unstructured.SetNestedMap(object.Object, status, "status")
}
