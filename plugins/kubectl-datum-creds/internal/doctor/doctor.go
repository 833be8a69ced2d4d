// Package doctor diagnoses why no token can be obtained, and says what to do
// about it. It prints no secret, and changes nothing but this: it removes the
// files that killed processes left behind.
package doctor

import (
	"context"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
)

// State says how a check went.
type State string

// The states.
const (
	OK   State = "ok"
	Warn State = "warning"
	Bad  State = "bad"
)

// Finding is what a check found.
type Finding struct {
	Check   string `json:"check"`
	State   State  `json:"state"`
	Message string `json:"message"`
	// Fix is what to do; empty when there is nothing to.
	Fix string `json:"fix,omitempty"`
}

// Patient is what is looked at.
type Patient struct {
	Auth   auth.Environment
	Getenv func(string) string
	// Kubeconfigs are the files that kubectl reads; nil when none is known.
	Kubeconfigs []string
	// Kuberc is the path of kubectl's preferences.
	Kuberc string
	// Self is the running binary, LookPath finds commands.
	Self     string
	LookPath func(string) (string, error)
}

// Examine makes all checks.
func (p Patient) Examine(ctx context.Context) []Finding {
	var all []Finding
	all = append(all, p.home()...)
	all = append(all, p.environment()...)
	all = append(all, p.command()...)
	all = append(all, p.sessions(ctx)...)
	all = append(all, p.leftovers(ctx)...)
	all = append(all, p.kuberc()...)
	return append(all, p.kubeconfigs()...)
}

func ok(check, format string, args ...any) Finding {
	return Finding{Check: check, State: OK, Message: fmt.Sprintf(format, args...)}
}

func warn(check, fix, format string, args ...any) Finding {
	return Finding{Check: check, State: Warn, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func bad(check, fix, format string, args ...any) Finding {
	return Finding{Check: check, State: Bad, Message: fmt.Sprintf(format, args...), Fix: fix}
}

// read reads the kubeconfigs one by one, so that a broken one does not hide
// the others.
func (p Patient) read() (sets map[string]kubeconfig.Set, findings []Finding) {
	sets = map[string]kubeconfig.Set{}
	for _, path := range p.Kubeconfigs {
		set, err := kubeconfig.Read([]string{path})
		if err != nil {
			findings = append(findings, bad("kubeconfig", "repair the file", "%v", err))
			continue
		}
		sets[path] = set
	}
	return sets, findings
}
