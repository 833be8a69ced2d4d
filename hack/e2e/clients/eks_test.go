package clients_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// TestAWSIAMAuthenticator: it signs tokens without AWS. Whether they are valid, EKS asks
// AWS; a stand-in for EKS looks at their form alone.
func TestAWSIAMAuthenticator(t *testing.T) {
	client(t, "aws-iam-authenticator")
	m := newMachine(t)
	m.add(t, "aws-iam-authenticator")
	namespace := m.cluster.Namespace(t)
	keyID := "AKIA" + strings.ToUpper(rand.Text()[:16])
	front := &eks{keyID: keyID, token: m.token(t, namespace)}
	server, ca := front.serve(t, m)
	if err := os.WriteFile(m.path("ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"AWS_ACCESS_KEY_ID=" + keyID, "AWS_SECRET_ACCESS_KEY=" + rand.Text(), "AWS_REGION=eu-west-1", "AWS_EC2_METADATA_DISABLED=true"}
	m.must(t, `kubectl config set-cluster eks --server='`+server+`' --certificate-authority=ca.pem --embed-certs
kubectl config set-credentials eks --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-command=aws-iam-authenticator \
  --exec-arg=token --exec-arg=-i --exec-arg=production
kubectl config set-context eks --cluster=eks --user=eks`)
	m.readBy(t, "eks", namespace, env...)
	if front.seen.Load() == 0 {
		t.Error("the stand-in saw no token")
	}
	if said, code := m.shell(t, "kubectl fluxdeps --context eks"); code == 0 || strings.Contains(said, "the server has no Flux") {
		t.Errorf("it works without AWS's credentials\n%s", said)
	}
}

// eks stands for the API server of an EKS cluster: it takes tokens that are requests to
// AWS, signed with a key for a cluster, and gives the cluster behind it a token of its own.
type eks struct {
	keyID, token string
	seen         atomic.Int64
}

// serve serves in front of the machine's cluster until the test ends.
func (e *eks) serve(t *testing.T, m *machine) (server string, ca []byte) {
	t.Helper()
	upstream, upstreamCA := m.cluster.Server()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(upstreamCA)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("Authorization", "Bearer "+e.token)
		},
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
	}
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !e.takes(r.Header.Get("Authorization")) {
			http.Error(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","message":"Unauthorized","code":401}`, http.StatusUnauthorized)
			return
		}
		e.seen.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})
}

// takes reports whether a token has the form that EKS verifies at AWS: k8s-aws-v1. and a
// presigned GetCallerIdentity, whose signature covers the cluster's name
// (aws-iam-authenticator pkg/token, tokenVerifier.Verify).
func (e *eks) takes(authorization string) bool {
	encoded, ok := strings.CutPrefix(authorization, "Bearer k8s-aws-v1.")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ok || err != nil {
		return false
	}
	request, err := url.Parse(string(text))
	if err != nil {
		return false
	}
	query := request.Query()
	return request.Scheme == "https" && strings.HasPrefix(request.Host, "sts.") && query.Get("Action") == "GetCallerIdentity" &&
		strings.Contains(query.Get("X-Amz-SignedHeaders"), "x-k8s-aws-id") && strings.HasPrefix(query.Get("X-Amz-Credential"), e.keyID+"/") && query.Get("X-Amz-Signature") != ""
}
