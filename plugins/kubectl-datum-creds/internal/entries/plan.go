package entries

import (
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
)

// Wish is a context that is wanted: its name is the cluster's too.
type Wish struct {
	Name    string
	Cluster Cluster
	Session string
	// Mode is the interactiveMode; "" keeps that of the session's entry.
	Mode string
	// Switch makes it the current one.
	Switch bool
}

// Add returns the change that makes the context. One of the name that is of
// another session or server is refused: whoever uses it would suddenly be
// somebody else.
func (w Wish) Add(s kubeconfig.Set) (kubeconfig.Change, error) {
	if err := w.conflict(s); err != nil {
		return kubeconfig.Change{}, err
	}
	user := UserName(w.Session)
	mode, err := modeOf(s, w.Session, w.Mode)
	if err != nil {
		return kubeconfig.Change{}, err
	}
	cluster, context, err := w.kept(s)
	if err != nil {
		return kubeconfig.Change{}, err
	}
	cluster.Server, cluster.CAData = w.Cluster.Server, w.Cluster.CAData
	context.Cluster, context.User = w.Name, user
	change := kubeconfig.Change{Entries: []kubeconfig.Entry{
		{Section: kubeconfig.Clusters, Name: w.Name, Value: cluster},
		{Section: kubeconfig.Users, Name: user, Value: OfSession(w.Session, mode)},
		{Section: kubeconfig.Contexts, Name: w.Name, Value: context},
	}}
	if w.Switch {
		change.Current = &w.Name
	}
	return change, nil
}

// modeOf is the interactiveMode of a session's entry: what is wanted, else what
// it has. All contexts of the session share it.
func modeOf(s kubeconfig.Set, session, wanted string) (string, error) {
	var user User
	if _, err := s.Decode(kubeconfig.Users, UserName(session), &user); err != nil || wanted != "" {
		return wanted, err
	}
	if user.Session() == session && slices.Contains(InteractiveModes(), user.Exec.InteractiveMode) {
		return user.Exec.InteractiveMode, nil
	}
	return defaultMode, nil
}

// kept is what the entries hold already: a namespace, a proxy, extensions.
func (w Wish) kept(s kubeconfig.Set) (cluster Cluster, context Context, err error) {
	if _, err = s.Decode(kubeconfig.Clusters, w.Name, &cluster); err != nil {
		return cluster, context, err
	}
	_, err = s.Decode(kubeconfig.Contexts, w.Name, &context)
	return cluster, context, err
}

func (w Wish) conflict(s kubeconfig.Set) error {
	const hint = "give this one another name with --name, or remove that one first"
	var cluster Cluster
	found, err := s.Decode(kubeconfig.Clusters, w.Name, &cluster)
	if err != nil {
		return err
	}
	if found && cluster.Server != w.Cluster.Server {
		return failure.New(failure.Refused, hint, "the kubeconfig has a cluster %s already, for %s", w.Name, address.Parse(cluster.Server))
	}
	var context Context
	if found, err = s.Decode(kubeconfig.Contexts, w.Name, &context); err != nil || !found {
		return err
	}
	var user User
	if _, err := s.Decode(kubeconfig.Users, context.User, &user); err != nil {
		return err
	}
	if of := user.Session(); context.User != UserName(w.Session) && of != w.Session {
		return failure.New(failure.Refused, hint, "the kubeconfig has a context %s already, for the user %s", w.Name, context.User)
	}
	return nil
}

// Remove returns the change that removes the context, and its cluster and user
// where no other context needs them.
func (w Wish) Remove(s kubeconfig.Set) (kubeconfig.Change, error) {
	var gone Context
	found, err := s.Decode(kubeconfig.Contexts, w.Name, &gone)
	if err != nil {
		return kubeconfig.Change{}, err
	}
	if !found {
		return kubeconfig.Change{}, failure.New(failure.BadInput, "", "the kubeconfig has no context %s", w.Name)
	}
	var user User
	if _, err := s.Decode(kubeconfig.Users, gone.User, &user); err != nil {
		return kubeconfig.Change{}, err
	}
	if user.Session() == "" {
		return kubeconfig.Change{}, failure.New(failure.Refused, "kubectl config delete-context "+w.Name, "the context %s was not made by this plugin", w.Name)
	}
	clusters, users, err := used(s, []string{w.Name})
	if err != nil {
		return kubeconfig.Change{}, err
	}
	change := kubeconfig.Change{Entries: []kubeconfig.Entry{{Section: kubeconfig.Contexts, Name: w.Name}}}
	if !slices.Contains(clusters, gone.Cluster) {
		change.Entries = append(change.Entries, kubeconfig.Entry{Section: kubeconfig.Clusters, Name: gone.Cluster})
	}
	if !slices.Contains(users, gone.User) {
		change.Entries = append(change.Entries, kubeconfig.Entry{Section: kubeconfig.Users, Name: gone.User})
	}
	return change, nil
}

// used returns the clusters and users that contexts other than those need.
func used(s kubeconfig.Set, except []string) (clusters, users []string, err error) {
	for _, name := range s.Names(kubeconfig.Contexts) {
		if slices.Contains(except, name) {
			continue
		}
		var c Context
		if _, err := s.Decode(kubeconfig.Contexts, name, &c); err != nil {
			return nil, nil, err
		}
		clusters, users = append(clusters, c.Cluster), append(users, c.User)
	}
	return clusters, users, nil
}
