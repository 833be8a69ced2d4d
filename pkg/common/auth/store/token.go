package store

import (
	"errors"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Token is an access token.
type Token struct {
	Access secret.Text
	// Issued is when it was asked for, by this machine's clock.
	Issued time.Time
	// Expires is when the server stops accepting it, by this machine's clock;
	// zero when the server did not say.
	Expires time.Time
}

// The safety that is kept from a token's end: one minute, but of a token that
// lives for a short time only a fifth.
const (
	margin        = time.Minute
	marginDivisor = 5
	// unknownLife is how long a token is used whose life nobody told.
	unknownLife = time.Minute
)

// Deadline is when the token is no longer handed out: some time before it
// expires, because it must outlive the request that it is fetched for.
func (t Token) Deadline() time.Time {
	if t.Expires.IsZero() {
		return t.Issued.Add(unknownLife)
	}
	return t.Expires.Add(-min(margin, t.Expires.Sub(t.Issued)/marginDivisor))
}

// Fresh reports whether the token can be handed out. A token from the future is
// not: the clock was set back, and its end cannot be known.
func (t Token) Fresh(now time.Time) bool {
	return !t.Access.Empty() && now.Before(t.Deadline()) && !now.Add(margin).Before(t.Issued)
}

// Alive reports whether the server would still take the token.
func (t Token) Alive(now time.Time) bool {
	return !t.Access.Empty() && now.Before(t.Expires)
}

type wireToken struct {
	Access  string    `json:"accessToken"`
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires,omitzero"`
}

// Token reads the access token. fs.ErrNotExist says that there is none.
func (p Place) Token() (Token, error) {
	var wire wireToken
	if err := p.read(tokenFile, &wire); err != nil {
		return Token{}, err
	}
	return Token{secret.New(wire.Access), wire.Issued, wire.Expires}, nil
}

// SaveToken writes the access token and forgets the last failures.
func (p Place) SaveToken(t Token) error {
	err := p.write(tokenFile, wireToken{t.Access.Reveal(), t.Issued, t.Expires})
	return errors.Join(err, p.remove(failureFile), p.remove(signInFile))
}

// Failure is why a renewal, or a login in its place, failed.
type Failure struct {
	Time    time.Time    `json:"time,omitzero"`
	Code    failure.Code `json:"kind"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty"`
	// Unexplained is true if a server refused without a reason; see Unexplained.
	Unexplained bool `json:"unexplained,omitempty"`
}

// FailureOf returns the record of an error.
func FailureOf(now time.Time, err error) Failure {
	known := failure.Of(err)
	return Failure{Time: now, Code: known.Code, Message: err.Error(), Hint: known.Hint, Unexplained: IsUnexplained(err)}
}

// Err returns the error that the record is of. It unwraps to nothing. A record
// without a code, or with that of success, is of one that is Unable.
func (f Failure) Err() error {
	if f.Code == failure.OK {
		f.Code = failure.Unable
	}
	err := errors.New(f.Message)
	if f.Unexplained {
		err = Unexplained(err)
	}
	return failure.With(f.Code, err, f.Hint)
}

type unexplained struct{ error }

// Unwrap returns the refusal.
func (u unexplained) Unwrap() error { return u.error }

// Unexplained marks the refusal of a server that gives no reason, as some do
// where a refresh token was used before or has ended.
func Unexplained(err error) error { return unexplained{err} }

// IsUnexplained reports whether err is such a refusal.
func IsUnexplained(err error) bool {
	var u unexplained
	return errors.As(err, &u)
}

// Failure reads the last failure of a renewal; the zero Failure when there is
// none that can be read.
func (p Place) Failure() Failure { return p.failure(failureFile) }

// SaveFailure remembers a failure of a renewal.
func (p Place) SaveFailure(f Failure) error { return p.write(failureFile, f) }

// SignInFailure is Failure for a login in the place of a renewal. It is apart:
// whoever may not ask the user is told of the renewal.
func (p Place) SignInFailure() Failure { return p.failure(signInFile) }

// SaveSignInFailure remembers a failure of such a login.
func (p Place) SaveSignInFailure(f Failure) error { return p.write(signInFile, f) }

func (p Place) failure(name string) Failure {
	var f Failure
	if err := p.read(name, &f); err != nil {
		return Failure{}
	}
	return f
}
