package cluster

import (
	"context"
	"fmt"
	"io"
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// environment is what sessions are renewed with: in a process of its own, so
// that a command which is killed meanwhile loses no session.
func environment(userAgent string, notices io.Writer) auth.Environment {
	env := auth.NewEnvironment(userAgent, func(line string) { fmt.Fprintln(notices, output.Text(line)) })
	env.Handover = handover.Renewer(notices, sealed.WithoutPassphrase(os.Environ()))
	return env
}

// Renewal is what a plugin with these flags does before anything else: if this
// process was started to renew a session, it does that and returns true with
// the code to exit with.
func Renewal(ctx context.Context, args []string, streams genericiooptions.IOStreams, userAgent string) (code failure.Code, done bool) {
	if len(args) != 3 || args[0] != handover.Command || args[1] != "--session" {
		return failure.OK, false
	}
	if err := handover.Main(ctx, environment(userAgent, streams.ErrOut), args[2], streams.Out); err != nil {
		fmt.Fprintln(streams.ErrOut, "error: "+output.Text(err.Error()))
		return failure.Unable, true
	}
	return failure.OK, true
}
