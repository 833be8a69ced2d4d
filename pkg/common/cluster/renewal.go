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
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// environment is what sessions are renewed with: in a process of its own, so
// that a command which is killed meanwhile loses no session.
func environment(userAgent string, notices io.Writer) auth.Environment {
	env := auth.NewEnvironment(userAgent, func(line string) { fmt.Fprintln(notices, output.Text(line)) })
	env.Handover = handover.Renewer(notices, sealed.WithoutPassphrase(os.Environ()))
	return env
}

// RenewCommand is the name of the command that runs Renew.
const RenewCommand = handover.Command

// Renew renews a session of Datum Cloud in this process, which was started for
// it. The result goes to the parent through streams.Out.
func Renew(ctx context.Context, session string, streams genericiooptions.IOStreams, userAgent string) error {
	return handover.Main(ctx, environment(userAgent, streams.ErrOut), session, streams.Out)
}
