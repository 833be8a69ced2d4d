package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// pageSize is how many objects one request asks for. The first page is cheap:
// the API server has it in its cache (since Kubernetes 1.31 with the
// guarantees of a read from etcd). The others it reads from etcd, at five times
// the cost an object and more, so that nearly all clusters should need one.
const pageSize = 20_000

// page is one page as it came over the wire, mostly compressed. It is kept
// until it is known whether a readyExpr needs whole objects of it.
type page struct {
	kind flux.KindInfo
	body []byte
}

// items reads the page's items.
func (p page) items(take func(item []byte) error) error {
	body, err := uncompressed(bytes.NewReader(p.body))
	if err != nil {
		return err
	}
	_, err = readItems(body, take)
	return err
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

// pages reads page after page.
func (a *API) pages(ctx context.Context, kind flux.KindInfo, r resource, namespace string, limit int) (listed, error) {
	result := listed{resource: r}
	tokens := tokens{}
	for token, more := "", true; more; more = token != "" {
		if err := tokens.use(token); err != nil {
			return listed{resource: r}, err
		}
		var packed bytes.Buffer
		err := a.stream(ctx, r.path(namespace, ""), listQuery(limit, token), func(body io.Reader) error {
			plain, err := uncompressed(io.TeeReader(body, &packed))
			if err != nil {
				return err
			}
			token, err = readItems(plain, result.take(kind))
			return err
		})
		if err != nil {
			// What may not be listed may still be read by name.
			return listed{resource: r}, err
		}
		result.pages = append(result.pages, page{kind, packed.Bytes()})
	}
	return result, nil
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

// take decodes an item and adds it. Fields of a wrong type, which no API
// server lets in, are left out.
func (l *listed) take(kind flux.KindInfo) func(item []byte) error {
	var buffer []byte
	return func(item []byte) error {
		var ok bool
		if buffer, ok = lean(buffer, item); ok {
			item = buffer
		}
		object, err := flux.Decode(item)
		if object.Name == "" {
			return cmp.Or(err, errList)
		}
		// Items do not repeat their kind in every server's answer.
		object.Kind, object.APIVersion = kind.Kind, l.resource.apiVersion()
		l.objects = append(l.objects, object)
		return nil
	}
}
