package main

import (
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// free fails a test in which the lock of renewals is held.
func free(t *testing.T, place store.Place) {
	t.Helper()
	held, err := place.TryLock()
	if err != nil {
		t.Errorf("while the user is asked: %v", err)
		return
	}
	held.Release()
}

// TestThePassphraseIsAskedForWithoutTheLock: a pipeline that has it renews the
// session meanwhile, and the user's command takes the token.
func TestThePassphraseIsAskedForWithoutTheLock(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	screen := newTerminal(t)
	var other run
	r := screen.while(t, b.asClient([]string{interactive()}, "get-token"), func() {
		if screen.waits(1) {
			free(t, place)
			other = b.run(with(passphrase), "get-token")
			_, _ = screen.keyboard.WriteString(passphrase + "\n")
		}
	})
	if other.code != 0 || other.token() == "" || other.said != "" {
		t.Errorf("the pipeline: %+v", other)
	}
	if r.code != 0 || r.token() != other.token() || b.server.Granted("refresh_token") != 1 {
		t.Errorf("get-token: %+v, %d refreshes", r, b.server.Granted("refresh_token"))
	}
	screen = newTerminal(t)
	r = screen.while(t, b.command(nil, "logout"), func() {
		if screen.waits(1) {
			free(t, place)
			_, _ = screen.keyboard.WriteString(passphrase + "\n")
		}
	})
	if r.code != 0 || !contains(r.said, "its tokens are revoked") {
		t.Errorf("logout: %+v", r)
	}
}

// TestALoginAsksNobodyForTheOldPassphrase: it is there to replace what cannot be
// opened, and has used up a code by then.
func TestALoginAsksNobodyForTheOldPassphrase(t *testing.T) {
	b := newBed(t)
	b.encrypted("s")
	r := newTerminal(t).finish(t, b.command(nil, "login", "--name", "s", "--device", "--storage", "file"))
	if r.code != 0 || contains(r.said, "Passphrase of") || !contains(r.said, "Signed in: session s") {
		t.Errorf("login: %+v", r)
	}
}

// TestTheQuestionEndsWithTheCommand: and the terminal shows again what is typed.
func TestTheQuestionEndsWithTheCommand(t *testing.T) {
	b := newBed(t)
	b.encrypted("s")
	screen := newTerminal(t)
	cmd := b.command(nil, "get-token", "-o", "json")
	r := screen.while(t, cmd, func() {
		if screen.waits(1) {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
				state, err := unix.IoctlGetTermios(int(screen.keyboard.Fd()), unix.TCGETS)
				if err != nil || state.Lflag&unix.ECHO != 0 {
					return
				}
			}
			t.Error("the terminal does not show what is typed")
		}
	})
	if r.code != 130 || r.out != "" {
		t.Errorf("get-token: %+v", r)
	}
}

// TestNobodyIsAskedWhoCannotAnswer: whatever a client says of the terminal. It
// fails at once, where a question would be neither seen nor answered.
func TestNobodyIsAskedWhoCannotAnswer(t *testing.T) {
	b := newBed(t)
	b.ended("ended")
	b.encrypted("encrypted")
	nothing, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	for name, change := range map[string]func(*exec.Cmd){
		"no standard error": func(cmd *exec.Cmd) { cmd.Stderr = nothing },
		"no standard input": func(cmd *exec.Cmd) { cmd.Stdin = nothing },
		"in CI":             func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "CI=true") },
	} {
		for _, session := range []string{"ended", "encrypted"} {
			for _, asked := range []struct {
				env    []string
				format string
			}{{nil, "json"}, {[]string{interactive()}, "exec"}} {
				cmd := b.asClient(asked.env, "get-token", "--session", session, "-o", asked.format)
				change(cmd)
				screen := newTerminal(t)
				late := time.AfterFunc(5*time.Minute, func() { _ = cmd.Process.Kill() })
				if r := screen.finish(t, cmd); r.code != 6 || r.out != "" || contains(r.said, "Passphrase of") {
					t.Errorf("%s, session %s, -o %s: %+v", name, session, asked.format, r)
				}
				late.Stop()
			}
		}
	}
	if n := b.logins(); n != 1 { // that of the encrypted one
		t.Errorf("%d logins", n)
	}
}

// TestAJobInTheBackgroundIsNotStopped: the system stops one that asks.
func TestAJobInTheBackgroundIsNotStopped(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	screen := newTerminal(t)
	cmd := exec.Command("/bin/sh", "-c", `set -m; "$0" "$@" & wait $!; exit $?`, plugin, "get-token", "-o", "json")
	cmd.Env = b.env
	cmd.Stdin = screen.line
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	late := time.AfterFunc(5*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	if r := screen.finish(t, cmd); r.code != 6 || r.out != "" || contains(r.said, "Passphrase of") {
		t.Errorf("get-token &: %+v", r)
	}
	if held, err := lock.Try(place.LockPath()); err != nil {
		t.Errorf("the lock: %v", err)
	} else {
		held.Release()
	}
}

// TestSigningInAgainKeepsThePassphrase: a kubeconfig sets the variables of its
// helper, and does not choose what the session is sealed under.
func TestSigningInAgainKeepsThePassphrase(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	b.refuseRefresh()
	b.run(with(passphrase), "get-token").wantFailure(t, 6, "session s has ended")
	chosen := sealed.Variable + "=chosen by a kubeconfig"
	r := newTerminal(t).finish(t, b.asClient([]string{interactive(), chosen}, "get-token"))
	if r.code != 6 || r.out != "" || !contains(r.said, "another passphrase") || !contains(r.said, "login --name 's'") {
		t.Errorf("with another passphrase: %+v", r)
	}
	if n := b.logins(); n != 1 { // the first
		t.Errorf("%d logins", n)
	}
	// That was one's own mistake: whoever has the passphrase is asked to sign in.
	r = newTerminal(t).finish(t, b.asClient([]string{interactive()}, "get-token"), passphrase)
	if r.code != 0 || r.token() == "" || !contains(r.said, "Signed in: session s") || contains(r.said, "New passphrase") {
		t.Fatalf("with the passphrase typed: %+v", r)
	}
	b.approve()
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run(with(passphrase), "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("afterwards: %+v", r)
	}
}

// refuseRefresh makes the provider say that every session has ended, and lets
// the user sign in.
func (b *bed) refuseRefresh() {
	b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		b.server.ApproveDevices()
		if r.URL.Path != "/oauth/v2/token" || r.PostFormValue("refresh_token") == "" {
			return false
		}
		says(http.StatusBadRequest, "application/json", `{"error":"invalid_grant"}`)(w, r)
		return true
	})
}

// TestTheQuestionEndsWithTheClient: kubectl, killed, cannot end its helper.
func TestTheQuestionEndsWithTheClient(t *testing.T) {
	b := newBed(t)
	place := b.ended("s")
	screen := newTerminal(t)
	cmd := byClient(append(b.env, aloneVariable+"=1"), []string{interactive()}, "get-token")
	r := screen.while(t, cmd, func() {
		for !screen.says("ABCD-EFGH") {
			select {
			case <-screen.done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
		_ = cmd.Process.Kill() // while waits until the helper has let the terminal go
	})
	if !contains(r.said, "ABCD-EFGH") {
		t.Fatalf("nobody was asked: %+v", r)
	}
	held, err := place.TryLogin()
	if err != nil {
		t.Fatalf("the login goes on: %v", err)
	}
	held.Release()
	if f := place.SignInFailure(); !f.Time.IsZero() {
		t.Errorf("remembered: %+v", f)
	}
}

// says reports whether the terminal shows a text.
func (s *terminal) says(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return contains(s.shown.String(), text)
}

// TestAFailedLoginIsNothingToThoseWhoMayNotAsk: they are told that the session
// has ended, and exit with 6.
func TestAFailedLoginIsNothingToThoseWhoMayNotAsk(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	b.on("/oauth/v2/device_authorization", says(http.StatusBadRequest, "application/json", `{"error":"invalid_client"}`))
	for range 2 { // the second is told what the first met
		if r := b.ask(); r.code != 4 || !contains(r.said, "invalid_client") {
			t.Errorf("get-token: %+v", r)
		}
	}
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s has ended", "login --name 's'")
	if n := b.logins(); n != 1 {
		t.Errorf("%d logins", n)
	}
}
