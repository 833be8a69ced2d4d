package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// Leftover is a file that a killed process left in a place, where no session
// uses it.
type Leftover struct {
	// View is the place with this file in the role of the one that it is or was to
	// become, and with no other file. It is for reading.
	View Place
	// Storage is how the secret in the file is kept; None if it holds an access
	// token or no secret at all.
	Storage session.Storage
}

// Remove removes the file.
func (l Leftover) Remove() error { return l.View.remove(l.View.only) }

// storedIn says which files hold a session's secret.
func storedIn(file string) session.Storage {
	switch file {
	case secretFile:
		return session.File
	case sealedFile:
		return session.EncryptedFile
	}
	return session.None
}

// written are the files of a login, which are written under the lock. Notes of
// failures hold no secret, and are not among them.
func written() []string {
	return []string{secretFile, sealedFile, tokenFile, sessionFile, pendingFile}
}

// Leftovers returns what killed processes left beside a session that keeps its
// secret in this storage; "" if there is no session. The caller holds the lock:
// without it, the files may be another process's that is at work.
func (p Place) Leftovers(kept session.Storage) ([]Leftover, error) {
	if err := p.checkDirs(); err != nil {
		return nil, err
	}
	var all []Leftover
	for _, file := range written() {
		names, err := private.Leftovers(filepath.Join(p.dir, file))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, p.leftover(file, name))
		}
	}
	for _, file := range []string{secretFile, sealedFile} {
		if storedIn(file) != kept && p.has(file) {
			all = append(all, p.leftover(file, file))
		}
	}
	if kept == "" && p.has(tokenFile) {
		all = append(all, p.leftover(tokenFile, tokenFile))
	}
	return all, nil
}

func (p Place) leftover(file, name string) Leftover {
	view := p
	view.only, view.as = file, name
	return Leftover{view, storedIn(file)}
}

func (p Place) has(name string) bool {
	_, err := os.Lstat(filepath.Join(p.dir, name))
	return err == nil
}

// Empty reports whether the place has no session file.
func (p Place) Empty() bool { return !p.has(sessionFile) }

// Unfinished reports whether the place has no session, and holds something of a
// login that was killed. Without the lock, the login may be at work.
func (p Place) Unfinished() bool {
	left, err := p.Leftovers("")
	return p.Empty() && (p.has(pendingFile) || err == nil && slices.ContainsFunc(left, func(l Leftover) bool {
		return l.View.only != pendingFile // which is written before all else
	}))
}

// Littered reports whether a killed process left something in the place. Without
// the lock, a process may be at work there.
func (p Place) Littered() bool {
	for _, file := range written() {
		// Whoever reads the place reports what is wrong with its folder.
		if names, err := private.Leftovers(filepath.Join(p.dir, file)); err == nil && len(names) > 0 {
			return true
		}
	}
	return p.has(pendingFile) || p.Unfinished()
}

// Bare reports whether the place holds nothing but locks and notes.
func (p Place) Bare() bool {
	return p.Empty() && !p.has(tokenFile) && !p.Littered()
}

// Unfinished returns the places of logins that were killed before there was a
// session, or are at work.
func (h Home) Unfinished() ([]Place, error) {
	all, err := h.below(sessionsDir)
	var unfinished []Place
	for _, place := range all {
		if place.Unfinished() {
			unfinished = append(unfinished, place)
		}
	}
	return unfinished, err
}

// Places returns the places of all sessions and of all keys that were used
// without a login, in use or not.
func (h Home) Places() ([]Place, error) {
	sessions, err := h.below(sessionsDir)
	credentials, err2 := h.Credentials()
	return append(sessions, credentials...), errors.Join(err, err2)
}

// Credentials returns the places of keys that were used without a login.
func (h Home) Credentials() ([]Place, error) { return h.below(credentialsDir) }

// below is places of a home that may not exist.
func (h Home) below(dir string) ([]Place, error) {
	if h.err != nil || !h.Known() {
		return nil, h.err
	}
	all, err := h.places(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}
