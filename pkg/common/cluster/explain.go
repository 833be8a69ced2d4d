package cluster

import (
	"errors"
	"fmt"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// Explain says in which cluster a request failed, and what may help.
func Explain(target Target, err error) error {
	hint := ""
	var unreachable *url.Error
	switch {
	case errors.As(err, &unreachable):
		// Which request it was does not matter: none would have got through.
		err = fmt.Errorf("server %s does not answer: %w", target.Config.Host, unreachable.Err)
		hint = "kubectl version shows whether the server answers; --request-timeout sets how long to wait"
	case apierrors.IsUnauthorized(err):
		hint = "kubectl auth whoami shows whom the server takes you for"
	case apierrors.IsForbidden(err):
		hint = "kubectl auth can-i --list shows what you may read"
	}
	if target.Context != "" {
		err = fmt.Errorf("context %s: %w", target.Context, err)
	}
	return cli.Fail(cli.Failed, err, hint)
}
