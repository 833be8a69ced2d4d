package cmd

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

// planeFlags name a control plane.
type planeFlags struct {
	project, organization string
	user, platform        bool
}

func (p *planeFlags) add(set *pflag.FlagSet) {
	set.StringVar(&p.project, "project", "", "The control plane of a project.")
	set.StringVar(&p.organization, "organization", "", "The control plane of an organization.")
	set.BoolVar(&p.user, "user", false, "The control plane of the signed-in user.")
	set.BoolVar(&p.platform, "platform", false, "The API server's root, for Datum's staff.")
}

var errOnePlane = failure.Input(errors.New("give one of --project, --organization, --user and --platform"))

// plane returns the control plane; the user's is that of the session.
func (p *planeFlags) plane(s session.Session) (datum.ControlPlane, error) {
	var all []datum.ControlPlane
	for _, c := range []struct {
		given bool
		plane datum.ControlPlane
	}{
		{p.project != "", datum.ControlPlane{Scope: datum.Project, ID: p.project}},
		{p.organization != "", datum.ControlPlane{Scope: datum.Organization, ID: p.organization}},
		{p.user, datum.ControlPlane{Scope: datum.User, ID: s.Subject}},
		{p.platform, datum.ControlPlane{Scope: datum.Platform}},
	} {
		if c.given {
			all = append(all, c.plane)
		}
	}
	if len(all) != 1 {
		return datum.ControlPlane{}, errOnePlane
	}
	return all[0], all[0].Validate()
}

// fileFlags name the kubeconfig.
type fileFlags struct{ path, mode string }

func (f *fileFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.path, "kubeconfig", "", "Path to the kubeconfig file to edit; as kubectl finds it by default.")
	f.addMode(set)
}

func (f *fileFlags) addMode(set *pflag.FlagSet) {
	set.StringVar(&f.mode, "exec-interactive-mode", "", "interactiveMode of the exec entry: Never, IfAvailable or Always; by default what the entry has, and Never in a new one. With the latter two, get-token signs in by itself where kubectl has a terminal.")
}

func (f *fileFlags) check() error {
	if f.mode != "" && !slices.Contains(entries.InteractiveModes(), f.mode) {
		return failure.Input(errors.New("--exec-interactive-mode: want Never, IfAvailable or Always"))
	}
	return nil
}

func (f *fileFlags) paths(d Dependencies) ([]string, error) {
	home, err := os.UserHomeDir()
	if err != nil && f.path == "" && d.Getenv("KUBECONFIG") == "" {
		return nil, failure.With(failure.BadInput, err, "name a file with --kubeconfig")
	}
	return kubeconfig.Paths(f.path, d.Getenv, home), nil
}
