// Package api asks an API server for Secrets, and writes them. It sends one
// request at a time and says what came of it; who calls it decides whether a
// write may be repeated.
package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// The sizes of answers that are read, in bytes. A Secret is at most 1 MiB of
// values, which makes 1.4 MiB of JSON, beside its metadata.
const (
	maxObject = 8 << 20
	maxPage   = 96 << 20
	maxError  = 64 << 10
	// maxList is what all pages of a list take together, and what they take of
	// metadata alone.
	maxList     = 384 << 20
	maxMetaList = 64 << 20
	maxMetaPage = 8 << 20
	// maxItems is how many objects a list may have: small ones take more memory
	// than their text.
	maxItems = 50_000
)

// The forms that are asked for.
const (
	acceptObject   = "application/json"
	acceptMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
	// acceptMetadataList is acceptMetadata for lists.
	acceptMetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
)

// Client talks to one API server.
type Client struct {
	http *http.Client
	// base may hold a password; messages show the address.
	base    *url.URL
	address address.Address
	scrub   *secret.Scrubber
	pause   Pause
	// expiry says until when the credential is valid, empty if that is not known.
	expiry string
}

// New returns a client for the cluster. Messages of the server pass through
// the scrubber.
func New(member cluster.Member, scrub *secret.Scrubber, pause Pause) (*Client, error) {
	base, _, err := rest.DefaultServerUrlFor(member.Config)
	if err != nil {
		return nil, fmt.Errorf("server %s: want https://HOST:PORT", member.Address())
	}
	client, err := cluster.HTTPClient(member.Config)
	if err != nil {
		return nil, err
	}
	return &Client{http: client, base: base, address: member.Address(), scrub: scrub, pause: pause, expiry: expiryOf(member.Config)}, nil
}

// call is one request.
type call struct {
	method      string
	path        []string
	query       url.Values
	body        *Body
	contentType string
	accept      string
	limit       int64
}

// answer is what came back.
type answer struct {
	body     []byte
	warnings []string
}

// errPath is of a name that cannot be part of a request's path.
var errPath = errors.New("cannot be part of an API path")

// once sends the request once.
func (c *Client) once(ctx context.Context, what call) (answer, error) {
	request, err := c.request(ctx, what)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, c.transportError(what, err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return answer{}, c.statusError(what, response)
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		return answer{}, c.notAPI(kind)
	}
	body, err := readAll(response, what.limit)
	if err != nil {
		return answer{}, c.transportError(what, err)
	}
	return answer{body, c.warnings(response.Header)}, nil
}

func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	for _, segment := range what.path {
		if problems := content.IsPathSegmentName(segment); len(problems) > 0 || segment == "" {
			return nil, fmt.Errorf("%q %w", segment, errPath)
		}
	}
	target := c.base.JoinPath(what.path...)
	target.RawQuery = what.query.Encode()
	request, err := http.NewRequestWithContext(ctx, what.method, target.String(), what.body.reader())
	if err != nil {
		return nil, address.RedactError(err)
	}
	request.Header.Set("Accept", what.accept)
	if what.body != nil {
		request.Header.Set("Content-Type", what.contentType)
		request.ContentLength = what.body.size()
		request.GetBody = func() (io.ReadCloser, error) { return what.body.reader(), nil }
	}
	return request, nil
}

var errTooLarge = errors.New("the answer is larger than any Secret")

// readAll reads a body of a known length into a buffer of just that length.
func readAll(response *http.Response, limit int64) ([]byte, error) {
	if response.ContentLength > limit {
		return nil, errTooLarge
	}
	if response.ContentLength > 0 {
		body := make([]byte, response.ContentLength)
		_, err := io.ReadFull(response.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if int64(len(body)) > limit {
		return nil, errTooLarge
	}
	return body, err
}

func (c *Client) warnings(header http.Header) (texts []string) {
	parsed, _ := utilnet.ParseWarningHeaders(header["Warning"])
	for _, warning := range parsed {
		texts = append(texts, c.scrub.Clean(warning.Text))
	}
	return texts
}
