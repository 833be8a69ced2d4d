package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/handover"
)

const renewCommand = handover.Command

// lead is how much earlier than its parent the process gives up.
const lead = 2 * time.Second

// serveRenewal renews a session whose lock this process was handed. Without
// the lock, two could renew at once.
func serveRenewal(ctx context.Context, d Dependencies, name string) error {
	handle, err := d.Auth().Named(name)
	if err != nil {
		return err
	}
	held, handed := handover.Handed(*handle.Place)
	if !lock.Transferable || !handed {
		return cli.Use(fmt.Errorf("%s is started by get-token, and not by hand", renewCommand))
	}
	// It ends before the one that waits for it does, and so can say why.
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), auth.Deadline-lead, fmt.Errorf("no answer within %s", auth.Deadline-lead))
	defer cancel()
	handover.Serve(ctx, held, d.Out, handle.RenewHere)
	return nil
}
