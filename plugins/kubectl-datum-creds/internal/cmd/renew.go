package cmd

import (
	"context"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
)

const renewCommand = handover.Command

// serveRenewal renews a session whose lock this process was handed.
func serveRenewal(ctx context.Context, d Dependencies, name string) error {
	return handover.Main(ctx, d.Auth(), name, d.Out)
}
