package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// The hints where the server's URL is not shown.
const (
	malformedHint = "the kubeconfig's server must be https://HOST:PORT"
	ambiguousHint = "if the kubeconfig's server has a password with /, ? or #, write these as %2F, %3F and %23"
)

// Explain returns an error that names the cluster in which a request failed, the
// cause, and a hint. It shows no secret of a URL.
func Explain(target Target, err error) error {
	code, hint := failure.Unable, ""
	var transport *url.Error
	switch {
	case !target.Address().Shown() && apierrors.ReasonForError(err) == metav1.StatusReasonUnknown:
		hint, err = target.unshown()
	case apierrors.IsUnauthorized(err):
		code, hint = failure.LoginNeeded, target.loginHint()
		err = fmt.Errorf("the server does not accept the credential: %w", err)
	case apierrors.IsForbidden(err):
		hint = "kubectl auth can-i --list shows what you may read"
	case isTimeout(err):
		hint = "--request-timeout=5m waits longer for each answer"
		err = fmt.Errorf("server %s did not answer in time: %w", target.Address(), inner(err))
	case errors.As(err, &transport):
		// Which request it was does not matter: none would have got through.
		code, hint, err = target.explainTransport(transport)
	}
	if target.Context != "" {
		err = fmt.Errorf("context %s: %w", target.Context, err)
	}
	return failure.With(code, WithoutURLs(err), hint)
}

// unshown is of a request that failed at a server whose URL is not shown. The
// cause is not shown either: it names the host and the port, which may be the
// beginning of a password.
func (t Target) unshown() (hint string, err error) {
	hint = malformedHint
	if t.Address().String() == address.Ambiguous {
		hint = ambiguousHint
	}
	return hint, fmt.Errorf("server %s: the request failed", t.Address())
}

// explainTransport explains a request that brought no answer.
func (t Target) explainTransport(failed *url.Error) (code failure.Code, hint string, err error) {
	err = failed.Err
	var untrusted *tls.CertificateVerificationError
	var wire *net.OpError
	switch isWire := errors.As(err, &wire); {
	case t.execFailed(err):
		return t.explainExec(err)
	case t.redirected(failed.URL) != "":
		err = fmt.Errorf("server %s redirects to %s, which gives: %w", t.Address(), t.redirected(failed.URL), err)
	case errors.As(err, &untrusted):
		err = fmt.Errorf("server %s cannot be trusted: %w", t.Address(), err)
		hint = trustHint(untrusted)
	case isWire && wire.Op == "proxyconnect":
		err = fmt.Errorf("the proxy before server %s does not answer: %w", t.Address(), err)
		hint = "--proxy-url, proxy-url in the kubeconfig or HTTPS_PROXY names the proxy"
	case isWire && wire.Op != "remote error", errors.Is(err, io.EOF):
		err = fmt.Errorf("server %s does not answer: %w", t.Address(), err)
		hint = "kubectl version shows whether the server answers"
	default:
		err = fmt.Errorf("server %s: %w", t.Address(), err)
	}
	return failure.Unable, hint, err
}

// inner returns what happened without the request that it happened to.
func inner(err error) error {
	var transport *url.Error
	if errors.As(err, &transport) {
		return transport.Err
	}
	return err
}

// isTimeout also knows a time-out that comes while an answer is read, which is
// no url.Error.
func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

func trustHint(err error) string {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "check this machine's clock; if it is right, the server needs a new certificate"
	case errors.As(err, &name):
		return "--tls-server-name=NAME takes a certificate for that name"
	default:
		return "--certificate-authority=FILE names the authority to trust"
	}
}

// redirected returns the host that answered in the place of the server, empty
// where that is the server itself.
func (t Target) redirected(asked string) string {
	at, err := url.Parse(asked)
	server := serverURL(t.Config)
	if err != nil || server == nil || at.Host == server.Host {
		return ""
	}
	return at.Host
}
