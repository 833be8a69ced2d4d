package build

import (
	"fmt"
	"net/http"
)

// Offline is a transport that fetches nothing. kustomize fetches files by
// http.DefaultTransport, so a process that runs builds has this in its place.
type Offline struct{}

// RoundTrip refuses the request.
func (Offline) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%q %w", r.URL.Redacted(), ErrRemote)
}
