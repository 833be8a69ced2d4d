package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// pageSize is how many Secrets one request of a list asks for.
const pageSize = 50

func secrets(namespace string, name ...string) []string {
	if namespace == "" {
		return []string{"api", "v1", "secrets"}
	}
	return append([]string{"api", "v1", "namespaces", namespace, "secrets"}, name...)
}

func (c *Client) get(ctx context.Context, path []string, accept string) ([]byte, error) {
	got, err := c.patiently(ctx, call{method: http.MethodGet, path: path, accept: accept, limit: maxObject})
	return got.body, err
}

// Secret reads a Secret.
func (c *Client) Secret(ctx context.Context, namespace, name string) (secret.Secret, error) {
	body, err := c.get(ctx, secrets(namespace, name), acceptObject)
	if err != nil {
		return secret.Secret{}, err
	}
	return decoded(secret.Decode(body))
}

// Snapshot reads a Secret of which only fingerprints are kept; nil where there
// is none.
func (c *Client) Snapshot(ctx context.Context, prints *secret.Fingerprinter, namespace, name string) (*secret.Snapshot, error) {
	body, err := c.get(ctx, secrets(namespace, name), acceptObject)
	if NotFound(err) {
		return nil, nil //nolint:nilnil // nothing there is an answer
	}
	if err != nil {
		return nil, err
	}
	return decoded(prints.DecodeSnapshot(body))
}

// Meta reads a Secret's metadata; nil where there is no such Secret.
func (c *Client) Meta(ctx context.Context, namespace, name string) (*secret.Meta, error) {
	body, err := c.get(ctx, secrets(namespace, name), acceptMetadata)
	if NotFound(err) {
		return nil, nil //nolint:nilnil // nothing there is an answer
	}
	if err != nil {
		return nil, err
	}
	meta, err := decoded(secret.DecodeMeta(body))
	return &meta, err
}

// NotFound reports whether an object is not there, in an API server's own words: any
// web server has a 404.
func NotFound(err error) bool {
	var known *Error
	return errors.As(err, &known) && known.Code == http.StatusNotFound && known.Reason == "NotFound"
}

// decoded turns what a decoder says into a problem.
func decoded[T any](value T, err error) (T, error) {
	if err != nil {
		err = &Error{Code: http.StatusOK, problem: plan.Problem{Kind: plan.KindNoAPI, Text: err.Error()}}
	}
	return value, err
}

// List reads all Secrets of a namespace with the labels, page after page; ""
// selects all.
func (c *Client) List(ctx context.Context, namespace, selector string) ([]secret.Secret, error) {
	return list(ctx, c, namespace, selector, listing[secret.Secret]{acceptObject, maxPage, maxList, secret.DecodeList, func(s secret.Secret) int64 { return s.Meta.Weight() }})
}

// ListMeta is List for metadata alone. The namespace "" stands for all.
func (c *Client) ListMeta(ctx context.Context, namespace, selector string) ([]secret.Meta, error) {
	return list(ctx, c, namespace, selector, listing[secret.Meta]{acceptMetadataList, maxMetaPage, maxMetaList, secret.DecodeMetaList, secret.Meta.Weight})
}

// listing is what a list is of.
type listing[T any] struct {
	accept string
	// page and all bound the sizes, in bytes, of a page and of all together.
	page, all int64
	decode    func([]byte) ([]T, string, error)
	// weight is what one takes in memory beside its text.
	weight func(T) int64
}

// list returns all pages or an error, never some of them.
func list[T any](ctx context.Context, c *Client, namespace, selector string, of listing[T]) ([]T, error) {
	var all []T
	var size int64
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if selector != "" {
		query.Set("labelSelector", selector)
	}
	for {
		got, err := c.patiently(ctx, call{method: http.MethodGet, path: secrets(namespace), query: query, accept: of.accept, limit: of.page})
		if AsErrorCode(err) == http.StatusGone && query.Has("continue") {
			// The list that the pages are of is gone; the next begins anew.
			all, size = nil, 0
			query.Del("continue")
			continue
		}
		if err != nil {
			return nil, err
		}
		page, next, err := of.decode(got.body)
		if err != nil {
			return decoded[[]T](nil, err)
		}
		size += int64(len(got.body))
		for _, one := range page {
			size += of.weight(one)
		}
		if size > of.all || len(all)+len(page) > maxItems {
			return decoded[[]T](nil, secret.ErrTooMany)
		}
		all = append(all, page...)
		if next == "" {
			return all, nil
		}
		query.Set("continue", next)
	}
}

// AsErrorCode is the HTTP status of an error, 0 where it has none.
func AsErrorCode(err error) int {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return 0
}

// NamespaceMeta reads a namespace's metadata.
func (c *Client) NamespaceMeta(ctx context.Context, name string) (secret.Meta, error) {
	body, err := c.get(ctx, []string{"api", "v1", "namespaces", name}, acceptMetadata)
	if err != nil {
		return secret.Meta{}, err
	}
	return decoded(secret.DecodeMeta(body))
}

// Namespace says whether a namespace is there, and its UID. What may not be
// read is unknown.
func (c *Client) Namespace(ctx context.Context, name string) (plan.NamespaceState, string) {
	meta, err := c.NamespaceMeta(ctx, name)
	switch {
	case NotFound(err):
		return plan.NamespaceMissing, ""
	case err != nil:
		return plan.NamespaceUnknown, ""
	case meta.DeletionTimestamp != nil:
		return plan.NamespaceEnding, meta.UID
	default:
		return plan.NamespaceThere, meta.UID
	}
}

// Identity is the UID of the namespace kube-system, by which clusters are told
// apart; "" where it may not be read.
func (c *Client) Identity(ctx context.Context) string {
	_, uid := c.Namespace(ctx, "kube-system")
	return uid
}

// May asks whether a verb is allowed. Where the server does not say at once, it
// is unknown, and the request itself will tell.
func (c *Client) May(ctx context.Context, verb, resource, namespace, name string) plan.Access {
	attributes := map[string]string{"verb": verb, "resource": resource, "namespace": namespace, "name": name}
	body, err := encode(map[string]any{
		"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
		"spec": map[string]any{"resourceAttributes": attributes},
	}, nil)
	if err != nil {
		return plan.Unknown
	}
	got, err := c.once(ctx, call{
		method: http.MethodPost, path: []string{"apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"},
		body: body, contentType: acceptObject, accept: acceptObject, limit: maxObject,
	})
	var review struct {
		Kind   string `json:"kind"`
		Status struct {
			Allowed         bool   `json:"allowed"`
			EvaluationError string `json:"evaluationError"`
		} `json:"status"`
	}
	switch {
	case err != nil || json.Unmarshal(got.body, &review) != nil || review.Kind != "SelfSubjectAccessReview":
		return plan.Unknown
	case review.Status.Allowed:
		return plan.Allowed
	case review.Status.EvaluationError != "":
		return plan.Unknown
	default:
		return plan.Denied
	}
}
