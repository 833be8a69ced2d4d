package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// Place is the folder of one session.
type Place struct {
	home Home
	dir  string
	// only and as make it the view of a Leftover: of its files there is only this
	// one, under another name. Empty: it is the whole place.
	only, as string
}

// The files of a place.
const (
	sessionFile = "session.json"
	tokenFile   = "token.json"
	secretFile  = "secret.json"
	sealedFile  = "sealed.json"
	failureFile = "failure.json"
	signInFile  = "signin-failure.json"
	pendingFile = "pending.json"
	lockFile    = "lock"
	loginFile   = "login.lock"
)

// Dir is the folder.
func (p Place) Dir() string { return p.dir }

// ID is the folder's name, which stands for the session's name.
func (p Place) ID() string { return filepath.Base(p.dir) }

// KeyringID is a name for the place's secret in a keyring, which all homes of a
// user share: it covers the home's path and the session's name.
func (p Place) KeyringID() string { return "home/" + id([]byte(p.home.dir+"\x00"+p.ID())) }

// Home is what the place is in.
func (p Place) Home() Home { return p.home }

// Session reads the session. fs.ErrNotExist says that there is none.
func (p Place) Session() (session.Session, error) {
	var s session.Session
	if err := p.read(sessionFile, &s); err != nil {
		return session.Session{}, err
	}
	if err := s.Validate(); err != nil {
		return session.Session{}, fmt.Errorf("%s: %w", filepath.Join(p.dir, sessionFile), err)
	}
	return s, nil
}

// SaveSession writes the session.
func (p Place) SaveSession(s session.Session) error {
	s.APIVersion, s.Kind = session.APIVersion, "Session"
	if err := s.Validate(); err != nil {
		return err
	}
	return p.write(sessionFile, s)
}

// LockPath is the file that is locked.
func (p Place) LockPath() string { return filepath.Join(p.dir, lockFile) }

// LoginLockPath is the file that is locked while a user is asked to sign in.
func (p Place) LoginLockPath() string { return filepath.Join(p.dir, loginFile) }

// TryLogin takes the lock of logins or fails with lock.ErrTaken at once. It is
// one of its own: a login takes minutes, and renewals do not wait for it.
func (p Place) TryLogin() (*lock.Lock, error) {
	if err := p.makeDirs(); err != nil {
		return nil, err
	}
	return lock.Try(p.LoginLockPath())
}

// TryLock takes the place's lock or fails with lock.ErrTaken at once.
func (p Place) TryLock() (*lock.Lock, error) {
	if err := p.makeDirs(); err != nil {
		return nil, err
	}
	return lock.Try(p.LockPath())
}

// Remove removes all but the locks, which another process may be waiting for.
// What says whose the secrets are goes last: while there is a secret, a command
// finds it.
func (p Place) Remove() error {
	if err := p.checkDirs(); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err // what is behind a link is somebody else's
	}
	failures := []error{p.removeParts()}
	for _, name := range []string{secretFile, sealedFile, tokenFile, failureFile, signInFile} {
		failures = append(failures, p.remove(name))
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	return errors.Join(p.remove(sessionFile), p.remove(pendingFile))
}

// removeParts removes the temporary files of killed processes.
func (p Place) removeParts() error {
	var failures []error
	for _, file := range append(written(), failureFile, signInFile) {
		names, err := private.Leftovers(filepath.Join(p.dir, file))
		failures = append(failures, err)
		for _, name := range names {
			failures = append(failures, p.remove(name))
		}
	}
	return errors.Join(failures...)
}

func (p Place) makeDirs() error {
	for _, dir := range []string{p.home.dir, filepath.Dir(p.dir), p.dir} {
		if err := private.MakeDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// checkDirs returns an error unless all folders down to the place are this user's alone.
// What is put into an open one may be anybody's.
func (p Place) checkDirs() error {
	for _, dir := range []string{p.home.dir, filepath.Dir(p.dir), p.dir} {
		if err := private.CheckDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// ErrDamaged says that a file is not the JSON that was written there. Only a
// temporary file is left like that when a process is killed.
var ErrDamaged = errors.New("not the JSON that was written there")

// read decodes a file. A file that is not JSON is an error that does not show its
// content.
func (p Place) read(name string, into any) error {
	if err := p.checkDirs(); err != nil {
		return err
	}
	path, err := p.path(name)
	if err != nil {
		return err
	}
	content, err := private.Read(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", path, ErrDamaged)
	}
	return nil
}

// path is where a file is; fs.ErrNotExist if it is not in a view.
func (p Place) path(name string) (string, error) {
	switch p.only {
	case "":
		return filepath.Join(p.dir, name), nil
	case name:
		return filepath.Join(p.dir, p.as), nil
	}
	return "", fs.ErrNotExist
}

func (p Place) write(name string, value any) error {
	if err := p.makeDirs(); err != nil {
		return err
	}
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return private.Write(filepath.Join(p.dir, name), content)
}
