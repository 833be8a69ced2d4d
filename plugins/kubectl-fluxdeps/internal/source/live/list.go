package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// pageSize is how many objects one request asks for.
const pageSize = 500

// page is one page as it came, kept until it is known whether a readyExpr
// needs whole objects of it.
type page struct {
	kind flux.KindInfo
	body []byte
}

// versions returns the versions of the group that the server serves and that
// fluxdeps can read, in the order of preference; none where it has no such
// group.
func (a *API) versions(ctx context.Context, kind flux.KindInfo) ([]string, error) {
	body, err := a.get(ctx, []string{"apis", string(kind.Group)}, nil, "")
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var group metav1.APIGroup
	if err := json.Unmarshal(body, &group); err != nil {
		return nil, err
	}
	var served []string
	for _, version := range group.Versions {
		served = append(served, version.Version)
	}
	known := slices.DeleteFunc(slices.Clone(kind.Versions), func(v string) bool { return !slices.Contains(served, v) })
	if len(known) == 0 && group.PreferredVersion.Version != "" {
		// A version newer than this program: the fields read have been stable
		// over all versions so far.
		known = []string{group.PreferredVersion.Version}
	}
	return known, nil
}

// errNoKind says that the server has no such kind.
var errNoKind = errors.New("the server has no such kind")

// list reads all pages of a kind in one namespace, or in all with "". A kind
// that the server lacks gives errNoKind.
func (a *API) list(ctx context.Context, kind flux.KindInfo, versions []string, namespace string) (listed, error) {
	for _, version := range versions {
		r := resource{string(kind.Group), version, kind.Plural}
		result, err := a.pages(ctx, kind, r, namespace, pageSize)
		if apierrors.IsResourceExpired(err) {
			// The pages' common state was compacted away meanwhile: all at once then.
			result, err = a.pages(ctx, kind, r, namespace, 0)
		}
		if !apierrors.IsNotFound(err) {
			return result, err
		}
	}
	return listed{}, errNoKind
}

// listed is what a list gave.
type listed struct {
	objects  []flux.Object
	pages    []page
	resource resource
}

// pages reads page after page. While one is decoded, the next is on its way.
func (a *API) pages(ctx context.Context, kind flux.KindInfo, r resource, namespace string, limit int) (listed, error) {
	result := listed{resource: r}
	var decoding <-chan decoded
	for token, more := "", true; more; more = token != "" {
		body, err := a.get(ctx, r.path(namespace, ""), listQuery(limit, token), "")
		if err != nil {
			return listed{}, err
		}
		if err := result.take(decoding); err != nil {
			return listed{}, err
		}
		result.pages = append(result.pages, page{kind, body})
		decoding = decode(body, kind.Kind, r.apiVersion())
		token = continueToken(body)
	}
	return result, result.take(decoding)
}

func listQuery(limit int, token string) url.Values {
	query := url.Values{}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	if token != "" {
		query.Set("continue", token)
	}
	return query
}

// decoded is a page read, or why it could not be.
type decoded struct {
	list flux.List
	err  error
}

// decode decodes a page beside the caller, who receives it when it wants it.
func decode(body []byte, kind, apiVersion string) <-chan decoded {
	result := make(chan decoded, 1)
	go func() {
		list, err := flux.DecodeList(body, kind, apiVersion)
		result <- decoded{list, err}
	}()
	return result
}

// take adds the page that is being decoded, if there is one.
func (l *listed) take(decoding <-chan decoded) error {
	if decoding == nil {
		return nil
	}
	page := <-decoding
	l.objects = append(l.objects, page.list.Objects...)
	return page.err
}

// continueToken returns the token of the next page without decoding the whole:
// the API server writes the metadata of a list of custom resources behind the
// items. Where it does not stand there the page is decoded for it.
func continueToken(body []byte) string {
	var list struct {
		Metadata struct {
			Continue string `json:"continue"`
		} `json:"metadata"`
	}
	body = bytes.TrimSpace(body)
	start := bytes.LastIndex(body, []byte(`"metadata":{`))
	if start >= 0 && json.Unmarshal(append([]byte("{"), body[start:]...), &list) == nil {
		return list.Metadata.Continue
	}
	if json.Unmarshal(body, &list) != nil {
		return ""
	}
	return list.Metadata.Continue
}
