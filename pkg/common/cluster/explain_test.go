package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// failed is how net/http reports a request without an answer.
func failed(err error) error {
	return fmt.Errorf("kustomizations: %w", &url.Error{Op: "Get", URL: "https://x/apis?limit=500", Err: err})
}

// untrusted is how crypto/tls reports a server that it does not trust.
func untrusted(err error) error { return failed(&tls.CertificateVerificationError{Err: err}) }

var refused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

// TestExplain: each failure names the cluster, the cause and what helps.
func TestExplain(t *testing.T) {
	apps := schema.GroupResource{Group: "apps", Resource: "deployments"}
	moved := &url.Error{Op: "Get", URL: "https://login.example.com/", Err: refused}
	for _, c := range []struct {
		name       string
		err        error
		code       failure.Code
		want, hint string
	}{
		{"refused", failed(refused), failure.Unable, "server https://x does not answer: dial tcp: connection refused", "kubectl version"},
		{"no such name", failed(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}), failure.Unable, "server https://x does not answer: dial tcp: lookup x: no such host", "kubectl version"},
		{"hung up", failed(io.EOF), failure.Unable, "server https://x does not answer: EOF", "kubectl version"},
		{"the proxy", failed(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: refused}), failure.Unable, "the proxy before server https://x does not answer: proxyconnect tcp: dial tcp: connection refused", "--proxy-url"},
		{"redirected", moved, failure.Unable, "server https://x redirects to login.example.com, which gives: dial tcp: connection refused", ""},
		{"too slow", failed(context.DeadlineExceeded), failure.Unable, "server https://x did not answer in time: context deadline exceeded", "--request-timeout"},
		{"too slow within the answer", fmt.Errorf("kustomizations: %w", context.DeadlineExceeded), failure.Unable, "server https://x did not answer in time: kustomizations: context deadline exceeded", "--request-timeout"},
		{"unknown authority", untrusted(x509.UnknownAuthorityError{}), failure.Unable, "server https://x cannot be trusted: tls: failed to verify certificate: x509: certificate signed by unknown authority", "--certificate-authority"},
		{"expired", untrusted(x509.CertificateInvalidError{Reason: x509.Expired, Detail: "z"}), failure.Unable, "server https://x cannot be trusted: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: z", "check this machine's clock"},
		{"another name", untrusted(x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"y"}}, Host: "x"}), failure.Unable, "server https://x cannot be trusted: tls: failed to verify certificate: x509: certificate is valid for y, not x", "--tls-server-name"},
		{"refused in the handshake", failed(&net.OpError{Op: "remote error", Err: errors.New("tls: expired certificate")}), failure.Unable, "server https://x: remote error: tls: expired certificate", ""},
		{"unauthorized", apierrors.NewUnauthorized("token expired"), failure.LoginNeeded, "the server does not accept the credential: token expired", "log in again, or"},
		{"forbidden", apierrors.NewForbidden(apps, "web", errors.New("no role")), failure.Unable, `deployments.apps "web" is forbidden: no role`, "kubectl auth can-i"},
		{"another", errors.New("unexpected EOF"), failure.Unable, "unexpected EOF", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, &rest.Config{Host: "https://x"}, c.err, c.code, c.want, c.hint)
		})
	}
}

func check(t *testing.T, config *rest.Config, failed error, code failure.Code, want, hint string) {
	t.Helper()
	err := Explain(Target{Context: "prod", Config: config}, failed)
	var known *failure.Error
	if !errors.As(err, &known) || known.Code != code || err.Error() != "context prod: "+want {
		t.Errorf("code %d, %v", known.Code, err)
	}
	if !strings.HasPrefix(known.Hint, hint) || (hint == "") != (known.Hint == "") {
		t.Errorf("hint %q", known.Hint)
	}
}

// TestExplainExec: what an exec credential plugin lacks is not the server's
// fault.
func TestExplainExec(t *testing.T) {
	for _, c := range []struct {
		name, install, text string
		code                failure.Code
		want, hint          string
	}{
		{"fails", "", "exec: executable /opt/aws failed with exit code 255", failure.LoginNeeded, "no credential: exec: executable /opt/aws failed with exit code 255", "log in again with the tool behind aws,"},
		{"is not there", "", "exec: executable /opt/aws not found\n\nIt looks like", failure.Unable, "no credential: exec: executable /opt/aws not found", "install aws, "},
		{"tells how to install it", "brew install aws\nor not", "exec: executable /opt/aws not found", failure.Unable, "no credential: exec: executable /opt/aws not found", "brew install aws"},
		{"babbles", "", "decoding stdout: no kind", failure.Unable, "no credential: decoding stdout: no kind", "kubectl version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := &rest.Config{Host: "https://x", ExecProvider: &clientcmdapi.ExecConfig{
				Command: "/opt/aws", Args: []string{"--secret=hunter2"}, InstallHint: c.install,
			}}
			check(t, config, failed(errors.New("getting credentials: "+c.text)), c.code, c.want, c.hint)
		})
	}
	config := &rest.Config{Host: "https://x", ExecProvider: &clientcmdapi.ExecConfig{Command: "/opt/aws"}}
	check(t, config, apierrors.NewUnauthorized("no"), failure.LoginNeeded, "the server does not accept the credential: no", "log in again with the tool behind aws,")
}

// TestPasswords: a URL may hold one, whether it can be parsed or not.
func TestPasswords(t *testing.T) {
	for host, want := range map[string]string{
		"https://joe:hunter2@x:1/a":   "server https://x:1/a does not answer: dial tcp: connection refused",
		"https://joe:hun@ter2@x":      "server https://x does not answer: dial tcp: connection refused",
		"joe:hunter2@x:1":             "server http://x:1 does not answer: dial tcp: connection refused",
		"https://joe:hun/ter2@x":      "server (malformed server URL): the request failed",
		"https://joe:hunter2@x:%zz/a": "server (malformed server URL): the request failed",
		"https://joe:1/hunter2@x":     "server (server URL with an @ behind its host): the request failed",
	} {
		for _, failure := range []error{refused, context.DeadlineExceeded, fmt.Errorf("%d while accessing http://%s: z", 300, strings.TrimPrefix(host, "https://"))} {
			err := Explain(Target{Config: &rest.Config{Host: host}}, &url.Error{Op: "Get", URL: strings.TrimSuffix(host, "/a"), Err: failure})
			if errors.Is(failure, refused) && err.Error() != want || strings.Contains(err.Error(), "ter2") || strings.Contains(err.Error(), "joe") {
				t.Errorf("%s: %v", host, err)
			}
		}
	}
	for _, text := range []string{`parse "https://joe:hun ter2@x": z`, "300 while accessing https://joe:hunter2@x/a?b=c: z"} {
		err := Explain(Target{Config: &rest.Config{Host: "x"}}, errors.New(text))
		if strings.Contains(err.Error(), "joe") {
			t.Errorf("%v", err)
		}
	}
	user := `User "https://issuer#joe@x" cannot list`
	if err := Explain(Target{Config: &rest.Config{Host: "x"}}, apierrors.NewForbidden(schema.GroupResource{}, "", errors.New(user))); !strings.Contains(err.Error(), user) {
		t.Errorf("the server's words are changed: %v", err)
	}
}

// TestTimeoutOfTheClient: client-go's own time-out is known as one, before and
// within the answer.
func TestTimeoutOfTheClient(t *testing.T) {
	for _, begin := range []string{"", `{"a`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if begin != "" {
				_, _ = io.WriteString(w, begin)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}))
		client := &http.Client{Timeout: 50 * time.Millisecond}
		response, err := client.Get(server.URL)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
		}
		if err = Explain(Target{Config: &rest.Config{Host: "https://x"}}, err); !strings.HasPrefix(err.Error(), "server https://x did not answer in time: ") {
			t.Errorf("%v", err)
		}
		server.Close()
	}
}
