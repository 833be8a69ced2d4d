package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Living looks up those who claim an object. Whoever is in another cluster, or leaves
// no name, cannot be looked up, and counts as there.
func (c *Client) Living(ctx context.Context, meta secret.Meta, claims []owner.Claim) plan.OwnerState {
	for _, claim := range claims {
		who, there, err := c.living(ctx, meta, claim)
		switch {
		case err != nil:
			return plan.OwnerState{Why: who + " cannot be looked up: " + err.Error()}
		case there:
			return plan.OwnerState{Why: who + " is still there"}
		}
	}
	return plan.OwnerState{Gone: true}
}

// living looks up one who claims an object, and says for people who that is.
func (c *Client) living(ctx context.Context, meta secret.Meta, claim owner.Claim) (who string, there bool, err error) {
	mark := func(key string) string {
		if value, ok := meta.Labels[key]; ok {
			return value
		}
		return meta.Annotations[key]
	}
	switch {
	case claim.Reference != nil:
		there, err = c.ownerThere(ctx, meta.Namespace, *claim.Reference)
		return claim.Owner, there, err
	case claim.Mark.Key == "meta.helm.sh/release-name":
		namespace := mark("meta.helm.sh/release-namespace")
		who = "Helm release " + namespace + "/" + mark(claim.Mark.Key)
		there, err = c.releaseThere(ctx, namespace, mark(claim.Mark.Key))
		return who, there, err
	case claim.Mark.Key == secret.LabelManagedBy && mark("meta.helm.sh/release-name") != "":
		// The release itself is another claim.
		return "Helm", false, nil
	case claim.Mark.Key == "argocd.argoproj.io/tracking-id", claim.Mark.Key == "argocd.argoproj.io/instance", claim.Mark.Key == secret.LabelInstance:
		name, _, _ := strings.Cut(mark(claim.Mark.Key), ":")
		there, err = c.listed(ctx, "argoproj.io/v1alpha1", "applications", name)
		return "Argo CD application " + name, there, err
	case claim.Mark.Key == "kustomize.toolkit.fluxcd.io/namespace":
		there, err = c.named(ctx, "kustomize.toolkit.fluxcd.io/v1", "kustomizations", mark(claim.Mark.Key), mark(claim.Mark.With), "")
		return claim.Owner, there, err
	case claim.Mark.Key == "helm.toolkit.fluxcd.io/namespace":
		there, err = c.named(ctx, "helm.toolkit.fluxcd.io/v2", "helmreleases", mark(claim.Mark.Key), mark(claim.Mark.With), "")
		return claim.Owner, there, err
	default:
		return claim.String(), false, errNotHere
	}
}

// errNotHere is of an owner that leaves no way to look it up in the cluster.
var errNotHere = errors.New("its mark names no object of this cluster")

// errNoSuchAPI is of an owner whose kind the cluster does not serve: it may be in
// another one.
var errNoSuchAPI = errors.New("its kind is not served here, it may be in another cluster")

// ownerThere looks up an owner reference.
func (c *Client) ownerThere(ctx context.Context, namespace string, reference secret.OwnerReference) (bool, error) {
	version := []string{"apis", reference.APIVersion}
	if group, name, ok := strings.Cut(reference.APIVersion, "/"); ok {
		version = []string{"apis", group, name}
	} else {
		version[0] = "api"
	}
	body, err := c.get(ctx, version, acceptObject)
	if NotFound(err) {
		return false, errNoSuchAPI
	}
	if err != nil {
		return false, err
	}
	var list struct {
		Resources []struct {
			Name, Kind string
			Namespaced bool
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return false, secret.ErrNotSecret
	}
	for _, resource := range list.Resources {
		if resource.Kind != reference.Kind || strings.Contains(resource.Name, "/") {
			continue
		}
		if !resource.Namespaced {
			namespace = ""
		}
		return c.named(ctx, reference.APIVersion, resource.Name, namespace, reference.Name, reference.UID)
	}
	return false, errNoSuchAPI
}

func resourcePath(apiVersion, resource, namespace string, name ...string) []string {
	path := []string{"api", apiVersion}
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		path = []string{"apis", group, version}
	}
	if namespace != "" {
		path = append(path, "namespaces", namespace)
	}
	return append(append(path, resource), name...)
}

// named looks up an object. One of another UID is not the owner.
func (c *Client) named(ctx context.Context, apiVersion, resource, namespace, name, uid string) (bool, error) {
	body, err := c.get(ctx, resourcePath(apiVersion, resource, namespace, name), acceptMetadata)
	switch {
	case NotFound(err):
		return false, nil
	case AsErrorCode(err) == http.StatusNotFound:
		return false, errNoSuchAPI
	case err != nil:
		return false, err
	}
	meta, err := decoded(secret.DecodeMeta(body))
	return err == nil && (uid == "" || meta.UID == uid), err
}

// listed looks for an object of the name in all namespaces.
func (c *Client) listed(ctx context.Context, apiVersion, resource, name string) (bool, error) {
	found, err := c.some(ctx, resourcePath(apiVersion, resource, ""), url.Values{"fieldSelector": {"metadata.name=" + name}, "limit": {"1"}})
	return found > 0, err
}

// releaseThere looks for what Helm stores of a release, in Secrets and in ConfigMaps
// (helm v3 and v4, pkg/storage/driver).
func (c *Client) releaseThere(ctx context.Context, namespace, name string) (bool, error) {
	for _, resource := range []string{"secrets", "configmaps"} {
		found, err := c.some(ctx, resourcePath("v1", resource, namespace), url.Values{"labelSelector": {"owner=helm,name=" + name}, "limit": {"1"}})
		if err != nil || found > 0 {
			return found > 0, err
		}
	}
	return false, nil
}

// some counts the objects on the first page of a list.
func (c *Client) some(ctx context.Context, path []string, query url.Values) (int, error) {
	got, err := c.patiently(ctx, call{method: http.MethodGet, path: path, query: query, accept: acceptMetadataList, limit: maxMetaPage})
	switch {
	case AsErrorCode(err) == http.StatusNotFound:
		return 0, errNoSuchAPI
	case err != nil:
		return 0, err
	}
	page, _, err := secret.DecodeMetaList(got.body)
	_, err = decoded(page, err)
	return len(page), err
}
