package testbed

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// WithoutVariable names the environment variable with the tools, separated by
// commas, that tests may do without: dot, node, release, script, chromium,
// gnome-keyring-daemon, zsh (and with it bash-completion), fish.
const WithoutVariable = "TESTBED_WITHOUT"

// Tool returns the path of a program that a test needs. A test whose tool is
// missing fails, unless somebody has decided to do without it.
func Tool(t testing.TB, name string) string {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv(WithoutVariable), ","), name) {
		t.Skipf("%s says to do without %s", WithoutVariable, name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name, name)
	}
	return path
}

func missing(t testing.TB, what, tool string) {
	t.Helper()
	t.Fatalf("%s is missing; install it with hack/install-deps.sh, or do without it: %s=%s", what, WithoutVariable, tool)
}

// ReadDOT has graphviz lay out a DOT text and returns how many nodes the
// picture has, or what is wrong with the text.
func ReadDOT(t testing.TB, text string) (nodes int, err error) {
	t.Helper()
	svg, said, err := pipe(t, text, Tool(t, "dot"), "-Tsvg")
	// dot has words of warning for texts that it can make something of.
	if err == nil && said != "" {
		err = fmt.Errorf("dot: %s", said)
	}
	return strings.Count(svg, `class="node"`), err
}

// ReadMermaid has Mermaid's own parser read a flowchart and returns how many
// nodes it has, or what is wrong with the text.
func ReadMermaid(t testing.TB, text string) (nodes int, err error) {
	t.Helper()
	node := Tool(t, "node")
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "hack", "mermaid")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "mermaid")); err != nil {
		missing(t, "Mermaid's parser", "node")
	}
	said, _, err := pipe(t, text, node, filepath.Join(dir, "parse.mjs"))
	if err != nil {
		return 0, fmt.Errorf("mermaid: %s: %w", said, err)
	}
	return strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(said, "-: ")))
}

// pipe sends a text through a program.
func pipe(t testing.TB, text, program string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = strings.NewReader(text)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, said.String())
	}
	return out.String(), said.String(), err
}
