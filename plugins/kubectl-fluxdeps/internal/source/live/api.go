// Package live reads a snapshot from a cluster's API server with as few
// requests as it takes: one per group to learn its versions, one per kind and
// page, and one for each object beyond the scope that something depends on.
package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// API is a Kubernetes API server: GET and nothing else.
type API struct {
	client *rest.RESTClient
	// compress reports whether the kubeconfig does not turn compression off.
	compress bool
	// execPlugin reports whether a program of the kubeconfig makes the credentials,
	// when the first request needs them.
	execPlugin bool
}

// NewAPI returns the API server that the config names.
func NewAPI(config *rest.Config) (*API, error) {
	config = rest.CopyConfig(config)
	scheme := runtime.NewScheme()
	// Status, the body of every error, is all that is ever decoded by type.
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.GroupVersion = &schema.GroupVersion{Version: "v1"}
	config.WarningHandler = rest.NoWarnings{}
	client, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		return nil, cluster.WithoutURLs(err)
	}
	return &API{client: client, compress: !config.DisableCompression, execPlugin: config.ExecProvider != nil}, nil
}

// errPath is of a name that comes from an object and can be that of none.
var errPath = errors.New("cannot be part of an API path")

// absence takes an error for the absence of an object where it says that the
// object is not there, cannot be, or must not be seen.
func absence(err error) (*flux.Absence, bool) {
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || meta.IsNoMatchError(err) || errors.Is(err, errPath) {
		return &flux.Absence{Forbidden: apierrors.IsForbidden(err), Message: err.Error()}, true
	}
	return nil, false
}

// acceptMetadata asks for an object's metadata alone.
const acceptMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

// get returns the body of a GET of the path made of segments.
func (a *API) get(ctx context.Context, segments []string, query url.Values, accept string) ([]byte, error) {
	request, err := a.request(segments, query, accept)
	if err != nil {
		return nil, err
	}
	result := request.Do(ctx)
	// Raw alone would not read the reason and the words of a refusal.
	if err := result.Error(); err != nil {
		return nil, cluster.WithoutURLs(err)
	}
	return result.Raw()
}

// stream gives the body of a GET to take as it arrives, compressed where the
// server does that.
func (a *API) stream(ctx context.Context, segments []string, query url.Values, take func(io.Reader) error) error {
	request, err := a.request(segments, query, "")
	if err != nil {
		return err
	}
	if a.compress {
		// Asked for by ourselves, net/http leaves it as it comes.
		request = request.SetHeader("Accept-Encoding", "gzip")
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return cluster.WithoutURLs(err)
	}
	defer body.Close()
	return take(body)
}

func (a *API) request(segments []string, query url.Values, accept string) (*rest.Request, error) {
	for _, segment := range segments {
		if problems := content.IsPathSegmentName(segment); len(problems) > 0 {
			return nil, fmt.Errorf("%q %w: %s", segment, errPath, problems[0])
		}
	}
	request := a.client.Get().AbsPath(segments...)
	for name, values := range query {
		request = request.Param(name, values[0])
	}
	if accept != "" {
		request = request.SetHeader("Accept", accept)
	} else {
		request = request.SetHeader("Accept", "application/json")
	}
	return request, nil
}

// resource names a collection of one kind.
type resource struct {
	group, version, plural string
}

// path returns the path of the collection, or with a name of one object in it.
func (r resource) path(namespace, name string) []string {
	segments := []string{"apis", r.group, r.version}
	if r.group == "" {
		segments = []string{"api", r.version}
	}
	if namespace != "" {
		segments = append(segments, "namespaces", namespace)
	}
	segments = append(segments, r.plural)
	if name != "" {
		segments = append(segments, name)
	}
	return segments
}

func (r resource) apiVersion() string {
	if r.group == "" {
		return r.version
	}
	return r.group + "/" + r.version
}
