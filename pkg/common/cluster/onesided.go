package cluster

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// oneSided are kubectl's flags that name one cluster or user, where a command has a
// source and targets. They are taken for the sake of their hints, and are not in help.
type oneSided struct{ context, as, asGroup []string }

func (f *oneSided) addFlags(set *pflag.FlagSet) {
	for name, to := range map[string]*[]string{"context": &f.context, "as": &f.as, "as-group": &f.asGroup} {
		cli.StringArrayVar(set, to, name, "", "Not a flag of this command, which has a source and targets.")
		set.Lookup(name).Hidden = true
	}
}

// check refuses the flags, and names those of the two sides.
func (f *oneSided) check() error {
	for _, flag := range []struct {
		name  string
		given []string
	}{{"context", f.context}, {"as", f.as}, {"as-group", f.asGroup}} {
		if len(flag.given) > 0 {
			return failure.With(failure.BadInput, fmt.Errorf("--%s could be of the source or of the targets", flag.name),
				fmt.Sprintf("--from-%[1]s is of the source, --to-%[1]s of the targets", flag.name))
		}
	}
	return nil
}
