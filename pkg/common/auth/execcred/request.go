// Package execcred speaks client-go's exec credential protocol, versions v1
// and v1beta1 of client.authentication.k8s.io. It does not link client-go.
package execcred

import (
	"encoding/json"
	"errors"
	"strings"
)

// Variable is the environment variable that a Kubernetes client asks in.
const Variable = "KUBERNETES_EXEC_INFO"

// The versions of the protocol.
const (
	V1      = "client.authentication.k8s.io/v1"
	V1beta1 = "client.authentication.k8s.io/v1beta1"
)

// maxRequest bounds a request: the largest part is a bundle of certificates.
const maxRequest = 1 << 20

// Request is what a Kubernetes client asks for.
type Request struct {
	// APIVersion is the version to answer in.
	APIVersion string
	// Interactive reports whether standard input is the user's terminal.
	Interactive bool
	// Cluster is the server that the token is for; nil unless the kubeconfig
	// says provideClusterInfo: true.
	Cluster *Cluster
	// Asked reports whether a Kubernetes client asked, and not a person.
	Asked bool
}

// Unnamed is the request of a client that sets no variable: nobody knows which
// server its token is for.
func Unnamed() Request { return Request{APIVersion: V1, Asked: true} }

// Cluster is the server that the token is for, as the kubeconfig has it.
type Cluster struct {
	Server        string `json:"server"`
	TLSServerName string `json:"tls-server-name"`
	// InsecureSkipTLSVerify means that the server could be anybody.
	InsecureSkipTLSVerify bool `json:"insecure-skip-tls-verify"`
	// CAData is a bundle of PEM certificates; empty for the system's.
	CAData []byte `json:"certificate-authority-data"`
}

// ErrRequest says that the variable holds no request. The text never shows
// what it holds instead: it may be anything.
var ErrRequest = errors.New("the variable " + Variable + " holds no ExecCredential of " + V1 + " or v1beta1")

// Parse reads the value of the variable. An empty value means that nobody
// asked: the answer is then in V1.
func Parse(text string) (Request, error) {
	if text == "" {
		return Request{APIVersion: V1}, nil
	}
	if len(text) > maxRequest {
		return Request{}, ErrRequest
	}
	var wire struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       struct {
			Interactive bool     `json:"interactive"`
			Cluster     *Cluster `json:"cluster"`
		} `json:"spec"`
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&wire); err != nil {
		return Request{}, ErrRequest
	}
	if wire.Kind != "ExecCredential" || (wire.APIVersion != V1 && wire.APIVersion != V1beta1) {
		return Request{}, ErrRequest
	}
	return Request{
		APIVersion: wire.APIVersion, Interactive: wire.Spec.Interactive,
		Cluster: wire.Spec.Cluster, Asked: true,
	}, nil
}
