package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// Error is a request that failed.
type Error struct {
	// Code is the HTTP status, 0 where there was no answer.
	Code int
	// Reason is the API's word for it, such as AlreadyExists.
	Reason string
	// RetryAfter is how long the server asks to wait; 0 where it does not.
	RetryAfter time.Duration
	problem    plan.Problem
}

// Error returns what happened.
func (e *Error) Error() string { return e.problem.Text }

// Problem says what happened, for reports.
func (e *Error) Problem() plan.Problem { return e.problem }

// Transient reports whether the same request may succeed later. Whether this one was
// carried out is not known, unless the server refused it with 429.
func (e *Error) Transient() bool {
	return e.problem.Kind == plan.KindBusy || e.problem.Kind == plan.KindServer ||
		e.problem.Kind == plan.KindUnreachable || e.problem.Kind == plan.KindTimeout
}

// AsError returns the Error in err; any other becomes one of kind kubeconfig.
func AsError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{problem: plan.Problem{Kind: plan.KindConfig, Text: err.Error()}}
}

// status is the body of a refusal.
type status struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
	Details struct {
		Kind   string `json:"kind"`
		Causes []struct {
			Reason string `json:"reason"`
			Field  string `json:"field"`
		} `json:"causes"`
		RetryAfterSeconds int `json:"retryAfterSeconds"`
	} `json:"details"`
}

func (s status) cause(reason string) bool {
	for _, cause := range s.Details.Causes {
		if cause.Reason == reason {
			return true
		}
	}
	return false
}

// statusError reads a refusal.
func (c *Client) statusError(what call, response *http.Response) error {
	code := response.StatusCode
	if code < http.StatusBadRequest {
		return c.redirected(response)
	}
	// What cannot be read of it is left out.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxError))
	var said status
	if json.Unmarshal(body, &said) != nil || said.Kind != "Status" {
		said = status{Message: fmt.Sprintf("the server answers %s without a reason", response.Status)}
	}
	e := &Error{Code: code, Reason: said.Reason, RetryAfter: retryAfter(response.Header)}
	e.problem = classify(code, said, what)
	e.problem.Text, e.problem.Said = withhold(what.method, code, c.scrub.Clean(said.Message))
	c.explainStatus(e)
	if code == http.StatusNotFound && said.Kind == "" {
		e.problem.Kind = plan.KindNoAPI
	}
	return e
}

func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// classify says what a refusal means and what helps.
func classify(code int, said status, what call) plan.Problem {
	switch {
	case code == http.StatusUnauthorized:
		return plan.Problem{Kind: plan.KindUnauthorized, Hint: "the credentials in the kubeconfig are not accepted, or no longer; log in again"}
	case code == http.StatusForbidden:
		return forbidden(said, what)
	case code == http.StatusNotFound && (what.method == http.MethodPost || what.applies()) && said.Details.Kind == "namespaces":
		return plan.Problem{Kind: plan.KindNoNamespace, Hint: "--create-namespace creates it"}
	case code == http.StatusNotFound:
		return plan.Problem{Kind: plan.KindNotFound}
	case code == http.StatusConflict:
		return plan.Problem{Kind: plan.KindConflict}
	case code == http.StatusTooManyRequests:
		return plan.Problem{Kind: plan.KindBusy}
	case code == http.StatusInternalServerError && what.applies() && unreasoned(said):
		// The server cannot read what is applied; it never will.
		return plan.Problem{Kind: plan.KindInvalid}
	case code >= http.StatusInternalServerError:
		return plan.Problem{Kind: plan.KindServer}
	case strings.Contains(said.Message, "denied the request") || strings.Contains(said.Message, "denied request"):
		return plan.Problem{Kind: plan.KindDenied, Hint: "an admission policy of the cluster decides this; --show-server-messages shows its words"}
	default:
		return plan.Problem{Kind: plan.KindInvalid}
	}
}

// forbidden tells a missing permission from what else is answered with 403.
func forbidden(said status, what call) plan.Problem {
	switch {
	case said.cause("NamespaceTerminating"):
		return plan.Problem{Kind: plan.KindNamespaceEnd, Hint: "copy again once it is gone"}
	case strings.Contains(said.Message, "exceeded quota"):
		return plan.Problem{Kind: plan.KindQuota, Hint: "a ResourceQuota of the namespace limits Secrets"}
	case strings.Contains(said.Message, "denied the request"):
		return plan.Problem{Kind: plan.KindDenied, Hint: "an admission policy of the cluster decides this; --show-server-messages shows its words"}
	default:
		return plan.Problem{Kind: plan.KindForbidden, Hint: fmt.Sprintf("grant the verb %q on %s", what.verb(), what.resource())}
	}
}

// verb is the permission that the call takes.
func (c call) verb() string {
	switch {
	case c.method == http.MethodPost:
		return "create"
	case c.method != http.MethodGet:
		return strings.ToLower(c.method)
	case c.query.Has("limit"):
		return "list"
	default:
		return "get"
	}
}

func (c call) resource() string {
	for _, resource := range []string{"secrets", "namespaces"} {
		for i, segment := range c.path {
			if segment == resource && (resource == "secrets" || i == len(c.path)-1 || i == len(c.path)-2) {
				return resource
			}
		}
	}
	return c.path[len(c.path)-1]
}

func (c *Client) redirected(response *http.Response) error {
	host := "another address"
	if target, err := response.Location(); err == nil {
		host = address.Of(&url.URL{Scheme: target.Scheme, Host: target.Host}).String()
	}
	return &Error{Code: response.StatusCode, problem: plan.Problem{
		Kind: plan.KindNoAPI, Text: fmt.Sprintf("server %s redirects to %s, which is not followed: the credentials would go there", c.address, host),
		Hint: "if that is the API server, name it as the server in the kubeconfig",
	}}
}

func (c *Client) notAPI(contentType string) error {
	return &Error{Code: http.StatusOK, problem: plan.Problem{
		Kind: plan.KindNoAPI, Text: fmt.Sprintf("server %s answers with %q, which is not an API server's (a login page?)", c.address, contentType),
		Hint: "check the server in the kubeconfig",
	}}
}

// transportError is of a request that got no whole answer.
func (c *Client) transportError(what call, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	e := &Error{problem: plan.Problem{Kind: plan.KindUnreachable, Text: fmt.Sprintf("server %s does not answer: %v", c.address, c.cause(err))}}
	var timeout net.Error
	var session *failure.Error
	switch {
	case errors.As(err, &session):
		e.problem = plan.Problem{Kind: kindOf(session.Code), Text: address.Redact(err.Error()), Hint: session.Hint}
	case errors.Is(err, context.Canceled):
		e.problem = plan.Problem{Kind: plan.KindInterrupted, Text: "interrupted"}
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		e.problem.Kind = plan.KindTimeout
		e.problem.Text = fmt.Sprintf("server %s does not answer in time (%s)", c.address, what.method)
		e.problem.Hint = "--request-timeout and --timeout say how long to wait"
	case isCertError(err):
		e.problem = c.certProblem(err)
	case strings.HasPrefix(err.Error(), "getting credentials: "):
		e.problem = plan.Problem{Kind: plan.KindConfig, Text: err.Error(), Hint: programHint(err.Error())}
	case errors.Is(err, errTooLarge):
		e.problem = plan.Problem{Kind: plan.KindNoAPI, Text: err.Error()}
	default:
		c.explainDial(&e.problem, err)
	}
	e.problem.Text = c.scrub.Clean(e.problem.Text)
	return e
}

// cause returns why a request got no answer, without the secrets of URLs. The
// cause names the host and the port, which may be the beginning of a password
// where the server's URL is not shown.
func (c *Client) cause(err error) string {
	if !c.address.Shown() {
		return "the request failed"
	}
	return address.Redact(err.Error())
}

// programHint helps where the kubeconfig's program gave no credentials, or was
// not run (client-go plugin/pkg/client/auth/exec/exec.go, v0.37).
func programHint(said string) string {
	if strings.Contains(said, "not allowed: policy set to") || strings.Contains(said, "by the credential plugin allowlist") {
		return "kubectl's kuberc says which programs may be run: credentialPluginPolicy, credentialPluginAllowlist"
	}
	return "the program that the kubeconfig names for credentials failed"
}

// kindOf is of a session of Datum Cloud that gives no token. Renewing it has had
// its own repetitions.
func kindOf(code failure.Code) string {
	switch code {
	case failure.LoginNeeded:
		return plan.KindUnauthorized
	case failure.Refused:
		return plan.KindRefused
	default:
		return plan.KindConfig
	}
}

// Stuck wraps an error that no repetition helps against, with what it means.
func Stuck(meaning string, err error) error {
	problem := AsError(err).Problem()
	problem.Text = meaning + ": " + problem.Text
	if problem.Said != "" {
		problem.Said = meaning + ": " + problem.Said
	}
	if problem.Kind == plan.KindConflict || AsError(err).Transient() {
		problem.Kind = plan.KindInvalid
	}
	return &Error{problem: problem}
}
