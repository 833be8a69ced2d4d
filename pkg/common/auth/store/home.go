// Package store keeps sessions and their access tokens in files that only
// their owner can reach. Reading takes no lock: files change in one step.
//
//	HOME/
//	  current                    name of the session in use
//	  sessions/ID/session.json   who and where; no secret
//	  sessions/ID/token.json     the access token, which lives for minutes or hours
//	  sessions/ID/secret.json    the refresh token or key, unless the keyring has it
//	  sessions/ID/sealed.json    the same, encrypted under a passphrase
//	  sessions/ID/pending.json   a login that is being saved; no secret
//	  sessions/ID/failure.json   why the last renewal failed
//	  sessions/ID/lock           held while the session is renewed
//	  sessions/ID/login.lock     held while get-token asks the user to sign in
//	  credentials/ID/…           the same for key files used without a login
//	  served/N                   which process was given which token (package served)
//
// A process that is killed leaves temporary files beside these, see Leftover.
// Those of current and served hold no secret.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Variable is the environment variable that moves the home.
const Variable = "DATUM_CREDS_HOME"

// ErrNoHome says that there is no place to keep anything: neither Variable nor
// a home folder is set.
var ErrNoHome = errors.New("no place to keep sessions: neither " + Variable + " nor HOME is set")

// errRelative says that Variable makes no sense: another folder for each that
// a command is run in.
var errRelative = failure.New(failure.BadInput, "give an absolute path", Variable+": want an absolute path")

// Home is the folder that everything is kept in.
type Home struct {
	dir string
	err error
}

// At returns the home in a folder, which need not exist.
func At(dir string) Home { return Home{dir: dir} }

// Locate finds the home. goos is runtime.GOOS.
func Locate(getenv func(string) string, goos string) (Home, error) {
	if dir := getenv(Variable); dir != "" {
		if !filepath.IsAbs(dir) {
			return Home{err: errRelative}, errRelative
		}
		return at(true, dir)
	}
	switch goos {
	case "windows":
		return at(getenv("LocalAppData") != "", getenv("LocalAppData"), "datum-creds")
	case "darwin":
		return at(filepath.IsAbs(getenv("HOME")), getenv("HOME"), "Library", "Application Support", "datum-creds")
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return at(true, dir, "datum-creds")
	}
	return at(filepath.IsAbs(getenv("HOME")), getenv("HOME"), ".local", "state", "datum-creds")
}

func at(known bool, parts ...string) (Home, error) {
	if !known {
		return Home{}, ErrNoHome
	}
	return At(filepath.Join(parts...)), nil
}

// Dir is the folder.
func (h Home) Dir() string { return h.dir }

// Known reports whether there is a home at all.
func (h Home) Known() bool { return h.dir != "" }

// Err tells what is wrong with where the home is said to be; nil when there is
// just none.
func (h Home) Err() error { return h.err }

// The folders of places.
const (
	sessionsDir    = "sessions"
	credentialsDir = "credentials"
)

func (h Home) place(dir, id string) Place { return Place{home: h, dir: filepath.Join(h.dir, dir, id)} }

// Session returns the place of the session of a name. It need not exist.
func (h Home) Session(name string) Place {
	return h.place(sessionsDir, id([]byte(name)))
}

// Credential returns the place of what a credential that is not kept gets: its
// access tokens. It is named by the whole credential, so that who knows the
// name's origin has the credential anyway.
func (h Home) Credential(content []byte) Place {
	return h.place(credentialsDir, id(content))
}

// idSize is how many bytes a place's ID is made of.
const idSize = 16

// id makes a file name of any text.
func id(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:idSize])
}

// Current returns the name of the session in use, empty when there is none.
func (h Home) Current() (string, error) {
	if h.err != nil {
		return "", h.err
	}
	err := private.CheckDir(h.dir)
	var content []byte
	if err == nil {
		content, err = private.Read(filepath.Join(h.dir, "current"))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(content)), err
}

// SetCurrent makes a session the one in use; "" makes none.
func (h Home) SetCurrent(name string) error {
	if h.err != nil {
		return h.err
	}
	path := filepath.Join(h.dir, "current")
	if name == "" {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := private.MakeDir(h.dir); err != nil {
		return err
	}
	return private.Write(path, []byte(name+"\n"))
}

// places returns the places that there have been in a folder of the home. Other
// entries, which a file manager leaves there, are no places.
func (h Home) places(dir string) ([]Place, error) {
	entries, err := os.ReadDir(filepath.Join(h.dir, dir))
	var all []Place
	for _, entry := range entries {
		place := entry.Type()&(fs.ModeDir|fs.ModeSymlink) != 0 // a link is refused by whoever reads it
		if sum, err := hex.DecodeString(entry.Name()); place && err == nil && len(sum) == idSize {
			all = append(all, h.place(dir, entry.Name()))
		}
	}
	return all, err
}

// Unreadable returns the places of sessions that are there and cannot be read.
func (h Home) Unreadable() []Place {
	all, err := h.places(sessionsDir)
	if h.err != nil || err != nil {
		return nil
	}
	var broken []Place
	for _, place := range all {
		if _, err := place.Session(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			broken = append(broken, place)
		}
	}
	return broken
}

// Sessions returns all sessions in the order of their names, and one error
// for those that cannot be read.
func (h Home) Sessions() ([]session.Session, error) {
	if h.err != nil {
		return nil, h.err
	}
	places, err := h.places(sessionsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []session.Session
	failures := []error{err}
	for _, place := range places {
		s, err := place.Session()
		switch {
		case err == nil:
			all = append(all, s)
		case !errors.Is(err, fs.ErrNotExist): // a logout left its lock behind
			failures = append(failures, err)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, errors.Join(failures...)
}
