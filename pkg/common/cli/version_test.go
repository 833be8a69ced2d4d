package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// TestVersionFlag: --version works with commands that run by themselves and with those
// that do not, and leaves -v to kubectl's users, for whom it is verbosity.
func TestVersionFlag(t *testing.T) {
	for _, run := range []func(*cobra.Command, []string) error{nil, func(*cobra.Command, []string) error { t.Error("it ran"); return nil }} {
		for arg, want := range map[string]failure.Code{"--version": failure.OK, "-v": failure.BadInput} {
			var out, said bytes.Buffer
			p := Process{IOStreams: genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &said}}
			root := Root(p, "kubectl-thing", "kubectl thing", &cobra.Command{Use: "kubectl-thing", RunE: run})
			code := Main(t.Context(), root, p.IOStreams, []string{arg})
			if code != want || want == failure.OK && out.String() != "kubectl thing version "+Version("").Version+"\n" {
				t.Errorf("%s: exit code %d, %q %q", arg, code, out.String(), said.String())
			}
		}
	}
}
