package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli/clitest"
)

// variablesOf is the Go version that testdata/variables.txt is for: half of its
// lines are of the standard library.
const variablesOf = "go1.26"

// TestReadersOfVariables fails if anything that the binary links begins to read
// an environment variable. A kubeconfig sets the variables of its credential
// plugin: each new reader needs a decision in internal/environment first.
func TestReadersOfVariables(t *testing.T) {
	if !strings.HasPrefix(runtime.Version(), variablesOf) {
		t.Skipf("the list is for %s, and this is %s", variablesOf, runtime.Version())
	}
	var lines []string
	for _, goos := range []string{"linux", "darwin", "windows"} {
		found := readersOfVariables(t, goos)
		if len(found) < 20 {
			t.Fatalf("only %d readers on %s: the search is blind", len(found), goos)
		}
		lines = append(lines, found...)
	}
	clitest.Golden(t, "testdata/variables.txt", lines)
}

type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
}

// readersOfVariables returns a line for each call that reads variables.
func readersOfVariables(t *testing.T, goos string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles", ".")
	list.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOWORK=off")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		for _, file := range p.GoFiles {
			for _, call := range callsIn(t, filepath.Join(p.Dir, file)) {
				lines = append(lines, fmt.Sprintf("%s %s %s %s", goos, p.ImportPath, file, call))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// callsIn returns the calls in a file that read variables, with the variable's
// name where the code has it.
func callsIn(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if name := called(n); name != "" {
			if is && len(call.Args) > 0 {
				if text, is := call.Args[0].(*ast.BasicLit); is {
					name += "(" + text.Value + ")"
				}
			}
			found = append(found, name)
			return false
		}
		return true
	})
	return found
}

// readers are functions that read variables, by package and within one.
func readers() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{
		"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.UserHomeDir", "os.UserConfigDir", "os.UserCacheDir", "os.TempDir",
		"syscall.Getenv", "syscall.Environ", "windows.Getenv", "unix.Getenv",
		"gogetenv", "runtime_envs", "GetEnvironmentVariable", "GetEnvironmentStrings",
	} {
		all[name] = true
	}
	return all
}

// called names the function that a node calls, or passes on as a value, if it
// reads variables.
func called(n ast.Node) string {
	if call, is := n.(*ast.CallExpr); is {
		if name := readerName(call.Fun); name != "" {
			return name
		}
	}
	if selector, is := n.(*ast.SelectorExpr); is {
		return readerName(selector)
	}
	return ""
}

func readerName(n ast.Expr) string {
	name := ""
	switch n := n.(type) {
	case *ast.Ident:
		name = n.Name
	case *ast.SelectorExpr:
		if left, is := n.X.(*ast.Ident); is {
			name = left.Name + "." + n.Sel.Name
		}
	}
	if readers()[name] {
		return name
	}
	return ""
}
