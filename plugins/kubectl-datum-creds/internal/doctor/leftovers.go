package doctor

import (
	"context"
	"errors"
	"strconv"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/shell"
)

// leftovers removes what killed processes left behind, and names the command
// where a token can still be revoked.
func (p Patient) leftovers(ctx context.Context) []Finding {
	places, err := p.Auth.Home.Places()
	if err != nil {
		return []Finding{bad("leftovers", "", "%v", err)}
	}
	var findings []Finding
	for _, place := range places {
		if place.Littered() {
			findings = append(findings, p.leftoversIn(ctx, place))
		}
	}
	return findings
}

func (p Patient) leftoversIn(ctx context.Context, place store.Place) Finding {
	check := p.nameOf(place)
	held, err := place.TryLock()
	if err == nil {
		unfinished := place.Unfinished()
		held.Release()
		if unfinished {
			return p.unfinished(ctx, check, place)
		}
		var removed int
		if removed, err = p.Auth.Tidy(place); err == nil {
			return warn(check, "", "removed %s that a killed login left behind", files(removed))
		}
	}
	if errors.Is(err, lock.ErrTaken) {
		return warn(check, "wait, then: kubectl datum-creds doctor", "%s holds its lock now: what it writes is not told from what killed processes left", lock.Holder(place.LockPath()))
	}
	return bad(check, "", "what a killed login left behind: %v", err)
}

// unfinished is of a login that was killed before there was a session.
func (p Patient) unfinished(ctx context.Context, check string, place store.Place) Finding {
	if handle, known := p.Auth.Unfinished(place); known {
		return bad(check, "kubectl datum-creds logout --session "+shell.Quote(handle.Session.Name),
			"its login was killed, and left a token behind that may be valid")
	}
	if err := p.Auth.Wipe(ctx, place); err != nil {
		return bad(check, "", "what a killed login left behind: %v", err)
	}
	return warn(check, "if it was a user's, end it at the auth host",
		"removed what a killed login left behind; it could not be revoked, because the login never finished")
}

// nameOf names the place: by its session where that can be read.
func (p Patient) nameOf(place store.Place) string {
	if s, err := place.Session(); err == nil {
		return "session " + s.Name
	}
	if handle, known := p.Auth.Unfinished(place); known {
		return "session " + handle.Session.Name
	}
	return "folder " + place.Dir()
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return strconv.Itoa(n) + " files"
}
