package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// TestExplain: each failure names the cluster and a command that helps.
func TestExplain(t *testing.T) {
	apps := schema.GroupResource{Group: "apps", Resource: "deployments"}
	for _, c := range []struct {
		name       string
		err        error
		want, hint string
	}{
		{
			"no answer", fmt.Errorf("kustomizations: %w", &url.Error{Op: "Get", URL: "https://x/apis?limit=500", Err: errors.New("connection refused")}),
			"context prod: server https://x does not answer: connection refused", "kubectl version",
		},
		{"unauthorized", apierrors.NewUnauthorized("token expired"), "context prod: token expired", "kubectl auth whoami"},
		{"forbidden", apierrors.NewForbidden(apps, "web", errors.New("no role")), `context prod: deployments.apps "web" is forbidden: no role`, "kubectl auth can-i"},
		{"another", errors.New("unexpected EOF"), "context prod: unexpected EOF", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Explain(Target{Context: "prod", Config: &rest.Config{Host: "https://x"}}, c.err)
			var known *cli.Error
			if !errors.As(err, &known) || known.Code != cli.Failed || err.Error() != c.want || !strings.HasPrefix(known.Hint, c.hint) || (c.hint == "") != (known.Hint == "") {
				t.Errorf("got %+v", known)
			}
		})
	}
}
