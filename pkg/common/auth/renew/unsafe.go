package renew

import (
	"errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
)

// isUnsafe reports whether a file or folder is not this user's alone.
func isUnsafe(err error) bool { return errors.Is(err, private.ErrUnsafe) }
