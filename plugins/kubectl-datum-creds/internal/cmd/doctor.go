package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/doctor"
)

func newDoctorCommand(d Dependencies) *cobra.Command {
	o := &doctorOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps tokens from being had",
		Long: `Look for what keeps tokens from being had: the folder, keyring and locks of the
sessions, auth hosts, TLS, proxies and clocks, PATH and krew's link, kuberc's
policy, and the kubeconfig's entries. Each finding comes with what to do. The
exit code is 1 when something is bad.`,
		Example: `  # look at everything
  kubectl datum-creds doctor

  # for a bug report; no secret is in it
  kubectl datum-creds doctor -o json

  # as a pipeline sees it
  DATUM_CREDENTIALS_FILE=key.json kubectl datum-creds doctor`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVarP(&o.format, "output", "o", "", "Output format: json; lines by default.")
	return cli.Runs(cmd, o.parse)
}

// doctorOptions are those of `doctor`.
type doctorOptions struct {
	deps   Dependencies
	format string
}

func (o *doctorOptions) parse([]string) (*doctorOptions, error) {
	return o, oneOfFormats(o.format, "json")
}

// Run examines what a token needs, and prints the findings.
func (o *doctorOptions) Run(ctx context.Context) error {
	findings := patient(o.deps).Examine(ctx)
	if err := writeFindings(o.deps, findings, o.format); err != nil {
		return err
	}
	for _, f := range findings {
		if f.State == doctor.Bad {
			return failure.Silent(failure.Found)
		}
	}
	return nil
}

func patient(d Dependencies) doctor.Patient {
	self, err := os.Executable()
	if err != nil {
		self = ""
	}
	paths, err := (&fileFlags{}).paths(d)
	if err != nil {
		paths = nil // there is no kubeconfig to look at
	}
	kuberc := d.Getenv("KUBERC")
	if home, err := os.UserHomeDir(); kuberc == "" && err == nil {
		kuberc = filepath.Join(home, ".kube", "kuberc")
	}
	return doctor.Patient{Auth: d.silent().Auth(), Getenv: d.Getenv, Kubeconfigs: paths, Kuberc: kuberc, Self: self, LookPath: exec.LookPath}
}

func writeFindings(d Dependencies, found []doctor.Finding, format string) error {
	if format == "json" {
		return writeIndented(d.Out, findings{headed("Findings"), found})
	}
	for _, f := range found {
		fmt.Fprintf(d.Out, "%-8s %s: %s\n", f.State, output.Text(f.Check), output.Text(f.Message))
		if f.Fix != "" && f.State != doctor.OK {
			fmt.Fprintf(d.Out, "         fix: %s\n", output.Text(f.Fix))
		}
	}
	return nil
}
