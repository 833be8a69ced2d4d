package entries

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
)

// Conversion turns datumctl's contexts into ones of a session.
type Conversion struct {
	// SessionFor returns the session for a context whose entry names a session
	// of datumctl's, or none.
	SessionFor func(named string) (session.Session, error)
	// Mode is as that of Wish.
	Mode string
	// Skipped tells of a context that is left alone, and why.
	Skipped func(context, why string)
}

// Change returns the change. Users of datumctl's that no context needs any
// more are removed.
func (c Conversion) Change(s kubeconfig.Set) (kubeconfig.Change, error) {
	var change kubeconfig.Change
	var converted []string
	old := map[string]bool{}
	added := map[string]bool{}
	for _, name := range s.Names(kubeconfig.Contexts) {
		context, of, err := c.one(s, name)
		if err != nil {
			return kubeconfig.Change{}, err
		}
		if of == "" {
			continue
		}
		old[context.User] = true
		context.User = UserName(of)
		if !added[of] {
			mode, err := modeOf(s, of, c.Mode)
			if err != nil {
				return kubeconfig.Change{}, err
			}
			change.Entries = append(change.Entries, kubeconfig.Entry{Section: kubeconfig.Users, Name: context.User, Value: OfSession(of, mode)})
			added[of] = true
		}
		change.Entries = append(change.Entries, kubeconfig.Entry{Section: kubeconfig.Contexts, Name: name, Value: context})
		converted = append(converted, name)
	}
	return c.withoutUnused(s, change, old, converted)
}

// one returns the context and the session that it is to have; none where the
// context is not datumctl's, or not of the session's API host.
func (c Conversion) one(s kubeconfig.Set, name string) (Context, string, error) {
	var context Context
	var user User
	var cluster Cluster
	if _, err := s.Decode(kubeconfig.Contexts, name, &context); err != nil {
		return context, "", err
	}
	if _, err := s.Decode(kubeconfig.Users, context.User, &user); err != nil {
		return context, "", err
	}
	named, is := user.Datumctl()
	if !is {
		return context, "", nil
	}
	if _, err := s.Decode(kubeconfig.Clusters, context.Cluster, &cluster); err != nil {
		return context, "", err
	}
	of, err := c.SessionFor(named)
	if err != nil {
		return context, "", err
	}
	if _, ours := datum.Parse(of.API, cluster.Server); !ours {
		c.Skipped(name, "its server "+address.Parse(cluster.Server).String()+" is not a control plane at "+of.API)
		return context, "", nil
	}
	return context, of.Name, nil
}

func (c Conversion) withoutUnused(s kubeconfig.Set, change kubeconfig.Change, old map[string]bool, converted []string) (kubeconfig.Change, error) {
	_, users, err := used(s, converted)
	if err != nil {
		return kubeconfig.Change{}, err
	}
	for _, user := range users {
		delete(old, user)
	}
	for _, user := range s.Names(kubeconfig.Users) {
		if old[user] {
			change.Entries = append(change.Entries, kubeconfig.Entry{Section: kubeconfig.Users, Name: user})
		}
	}
	return change, nil
}
