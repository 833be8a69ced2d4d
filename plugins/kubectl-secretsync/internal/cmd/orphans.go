package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// orphanFlags say whether, and where, copies are looked for that the plan no
// longer makes.
type orphanFlags struct {
	wanted        bool
	allNamespaces bool
	allowEmpty    bool
	allowLive     bool
	replaces      []string
}

func (f *orphanFlags) add(c *cobra.Command, what string) {
	set := c.Flags()
	set.BoolVar(&f.wanted, "orphans", false, what+" the copies that 'copy' with the same flags has made and would make no more: the source is gone or no longer selected, or the place is another.")
	set.BoolVarP(&f.allNamespaces, "all-namespaces", "A", false, "With --orphans: look in all namespaces of the targets, not only in those that copies go to now.")
	set.BoolVar(&f.allowEmpty, "allow-empty", false, "With --orphans: go on where the selection is empty, or the source's namespace is gone, going, newer than the copy, or cannot be read.")
	set.BoolVar(&f.allowLive, "allow-live-source", false, "With --orphans, and --plan or --replaces-plan: take as orphans also copies whose source is there, but not selected, or not copied to that place, by this call.")
	cli.StringArrayVar(set, &f.replaces, "replaces-plan", "", "With --orphans: ID of an earlier plan whose place this one took; its copies are looked for too. Can be repeated.")
}

func (f *orphanFlags) check(s *selectionFlags) error {
	switch {
	case !f.wanted && (f.allNamespaces || f.allowEmpty || f.allowLive || len(f.replaces) > 0):
		return failure.Input(errors.New("--all-namespaces, --allow-empty, --allow-live-source and --replaces-plan go with --orphans"))
	case f.wanted && len(s.files) > 0:
		return failure.Input(errors.New("--orphans looks for sources in a cluster, not in manifests"))
	}
	for _, id := range f.replaces {
		if err := checkPlan("replaces-plan", id); err != nil {
			return err
		}
	}
	return nil
}

// checkPlan takes what a copy can record.
func checkPlan(flag, id string) error {
	if !secret.IsPlan(id) {
		return failure.Input(fmt.Errorf("--%s=%q: want at most 63 letters, digits, - _ or dots", flag, id))
	}
	return nil
}

// planID is the plan's name where it has one, else made of the flags.
func (f *selectionFlags) planID(names []string) string {
	if f.plan != "" || len(f.files) > 0 {
		return f.plan
	}
	selector := f.selector
	if parsed, err := labels.Parse(selector); err == nil {
		// In whichever order, and with whichever sign, its terms were typed.
		selector = strings.ReplaceAll(parsed.String(), "==", "=")
	}
	return secret.PlanFlags{
		Names: names, Selector: selector, All: f.all,
		Namespaces: f.to.Namespaces, Name: f.to.Name, Prefix: f.to.Prefix, Suffix: f.to.Suffix,
	}.ID()
}
