package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// lead is how much earlier than its parent the process gives up.
const lead = 2 * time.Second

var errKey = errors.New("the key to the session's file is damaged")

var errByHand = errors.New(Command + " is started to renew a session, and not by hand")

// Main renews the session whose lock this process was handed. Without the lock,
// two could renew at once.
func Main(ctx context.Context, env auth.Environment, name string, out io.Writer) error {
	handle, err := env.Named(name)
	if err != nil {
		return err
	}
	held, handed := Handed(*handle.Place)
	if !lock.Transferable || !handed {
		return failure.New(failure.BadInput, "", "%w", errByHand)
	}
	if handle.Session.Storage == session.EncryptedFile {
		if env.Key, err = readKey(keyFD); err != nil {
			return err
		}
		if handle, err = env.Named(name); err != nil {
			return err
		}
	}
	// It ends before the one that waits for it does, and so can say why.
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), auth.Deadline-lead, fmt.Errorf("no answer within %s", auth.Deadline-lead))
	defer cancel()
	Serve(ctx, held, out, handle.RenewHere)
	return nil
}
