package api

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// explainStatus adds to a refusal what the status line and the credential say: how
// long the server asks to wait, and until when the credential is valid.
func (c *Client) explainStatus(e *Error) {
	switch {
	case e.Code == http.StatusTooManyRequests && e.RetryAfter > 0:
		e.problem.Text = fmt.Sprintf("%s (429, the server asks to wait %s)", e.problem.Text, e.RetryAfter)
		e.problem.Hint = fmt.Sprintf("repeat the command after %s, or give a --timeout that is longer", e.RetryAfter)
	case e.Code == http.StatusUnauthorized && c.expiry != "":
		e.problem.Hint = c.expiry + "; " + e.problem.Hint
	}
}

// explainDial says why no connection came about, where retries or hints depend on
// it: the host name does not exist, or nothing listens at the port.
func (c *Client) explainDial(problem *plan.Problem, err error) {
	whose := "server"
	var wire *net.OpError
	if errors.As(err, &wire) && wire.Op == "proxyconnect" {
		whose = "proxy before server"
	}
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		problem.Kind = plan.KindNoHost
		problem.Text = fmt.Sprintf("the host name of the %s %s does not exist: %s", whose, c.address, c.cause(err))
		problem.Hint = "check the server in the kubeconfig; names of private clusters may need a VPN"
	case isRefused(err):
		problem.Text = fmt.Sprintf("the %s %s refuses connections: %s", whose, c.address, c.cause(err))
		problem.Hint = "nothing listens at that port: is the cluster stopped, or a tunnel to it closed?"
	}
}

// isRefused reports whether nothing listens at the address. Windows has its own
// number for that, which syscall does not map.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "actively refused")
}

// isCertError reports whether one side rejects the other's certificate. A retry does
// not help.
func isCertError(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	return errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verify) || isCertAlert(err)
}

// isCertAlert reports whether the server rejects the client certificate. The alerts
// have no exported type; all that are about certificates say so (crypto/tls/alert.go,
// Go 1.26).
func isCertAlert(err error) bool {
	var wire *net.OpError
	return errors.As(err, &wire) && wire.Op == "remote error" && strings.Contains(wire.Err.Error(), "certificate")
}

// certProblem says which certificate is rejected, and why.
func (c *Client) certProblem(err error) plan.Problem {
	problem := plan.Problem{Kind: plan.KindCertificate, Text: fmt.Sprintf("server %s cannot be trusted: %s", c.address, c.cause(err))}
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	switch {
	case isCertAlert(err):
		problem.Text = fmt.Sprintf("server %s rejects the client certificate: %s", c.address, c.cause(err))
		problem.Hint = "check client-certificate-data of the kubeconfig's user entry"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		problem.Hint = "check this machine's clock; if it is right, the server needs a new certificate"
	case errors.As(err, &host):
		problem.Hint = "check the server in the kubeconfig; tls-server-name in its cluster entry accepts a certificate for another name"
	default:
		problem.Hint = "check certificate-authority-data of the kubeconfig's cluster entry; with insecure-skip-tls-verify anyone on the way could read the Secrets"
	}
	return problem
}
