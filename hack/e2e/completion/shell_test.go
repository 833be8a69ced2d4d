package completion_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// patience is how long a shell may take for anything on a busy machine.
const patience = 2 * time.Minute

// These are run first in each shell: what makes one TAB list everything, and what the
// help of `completion install` says.
const (
	bashStart = `PS1='at your service> '; PROMPT_COMMAND=
bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind 'set page-completions off'
source ` + bashCompletion + `
source <(kubectl completion bash); source <(flux completion bash)
`
	zshStart = `PS1='at your service> '; unsetopt prompt_cr zle_bracketed_paste; bindkey -e; LISTMAX=1000
zstyle ':completion:*' verbose no
autoload -U compinit && compinit -u -D
source <(kubectl completion zsh); source <(flux completion zsh)
`
	fishStart = `function fish_prompt; echo 'at your service> '; end
function fish_right_prompt; end; function fish_title; end
set -g fish_greeting; set -g fish_autosuggestion_enabled 0
kubectl completion fish | source; flux completion fish | source
`
)

// shell is an interactive shell on a terminal.
type shell struct {
	terminal *os.File
	mu       sync.Mutex
	screen   strings.Builder
	// list returns what to type to see the completions of a line.
	list func(line string) string
}

func tab(line string) string { return line + "\t" }

// ask is for fish, which shows its list only on terminals that can move the cursor.
func ask(line string) string { return "complete -C '" + line + "'\r" }

// bashCompletion is what kubectl's script for bash needs.
const bashCompletion = "/usr/share/bash-completion/bash_completion"

// shells starts each shell once and runs the test in it.
func shells(t *testing.T, u *user, test func(t *testing.T, s *shell)) {
	t.Helper()
	zsh := testbed.Tool(t, "zsh") // comes with bash-completion
	if _, err := os.Stat(bashCompletion); err != nil {
		t.Fatalf("%s is missing: hack/install-deps.sh installs it", bashCompletion)
	}
	t.Run("bash", func(t *testing.T) {
		test(t, start(t, u, tab, bashStart, testbed.Tool(t, "bash"), "--norc", "--noprofile", "-i"))
	})
	t.Run("zsh", func(t *testing.T) { test(t, start(t, u, tab, zshStart, zsh, "-f", "-i")) })
	t.Run("fish", func(t *testing.T) {
		test(t, start(t, u, ask, fishStart, testbed.Tool(t, "fish"), "--no-config", "-i"))
	})
}

func start(t *testing.T, u *user, list func(string) string, first, program string, args ...string) *shell {
	t.Helper()
	rc := filepath.Join(t.TempDir(), "rc")
	if err := os.WriteFile(rc, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env, cmd.Dir = u.environment(), u.home
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 200, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{terminal: terminal, list: list}
	t.Cleanup(func() {
		_ = terminal.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	go s.watch()
	s.write(t, "source "+rc+"; echo 'all'' set'\r")
	s.await(t, 0, "all set")
	return s
}

// watch reads what the terminal shows, until it is closed.
func (s *shell) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.terminal.Read(buffer)
		s.mu.Lock()
		s.screen.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// escapes are what moves the cursor and colours.
var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r|\x07`)

// shown is the text since a mark.
func (s *shell) shown(since int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return escapes.ReplaceAllString(s.screen.String()[since:], "")
}

func (s *shell) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.Len()
}

func (s *shell) write(t *testing.T, text string) {
	t.Helper()
	if _, err := s.terminal.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func (s *shell) await(t *testing.T, since int, texts ...string) {
	t.Helper()
	testbed.Eventually(t, fmt.Sprintf("the shell shows %q", texts), patience, func() error { return s.has(since, texts) })
}

func (s *shell) has(since int, texts []string) error {
	shown := s.shown(since)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			return fmt.Errorf("no %q in:\n%s", text, shown)
		}
	}
	return nil
}

// lists has the shell list the completions of the line until all wanted ones are
// there. On a busy machine a completion may give up.
func (s *shell) lists(t *testing.T, line string, want ...string) {
	t.Helper()
	s.again(t, line, func(since int) error { return s.has(since, want) }, s.list(line))
}

// becomes presses TAB behind the line until the shell has made it the wanted
// one, which it is made to print. The space behind it comes and goes by shell.
func (s *shell) becomes(t *testing.T, line, want string) {
	t.Helper()
	s.again(t, line, func(since int) error {
		if s.has(since, []string{"\nprinted: " + want + "\n"}) == nil {
			return nil
		}
		return s.has(since, []string{"\nprinted: " + want + " \n"})
	}, line+"\t\x01printf 'printed: %s\\n' \"\x05\"\r")
}

// again types the keys, on an empty line each time.
func (s *shell) again(t *testing.T, line string, look func(since int) error, keys string) {
	t.Helper()
	var err error
	wait := 3 * time.Second // and longer each time, for a shell that is still at the keys before
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); wait *= 2 {
		since := s.mark()
		s.write(t, "\x15"+keys)
		for until := time.Now().Add(wait); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if err = look(since); err == nil {
				s.write(t, "\x15")
				return
			}
		}
	}
	t.Errorf("%s TAB: %v", line, err)
}
