package plan

import "fmt"

// refuseDoubles finds items that are the same object. Of copies of one source
// the first stands; two sources for one object are both refused, for which of
// them would stay is anybody's guess.
func refuseDoubles(actions []Action) {
	first := map[string]int{}
	for i := range actions {
		a := &actions[i]
		for _, key := range a.identities() {
			earlier, taken := first[key]
			if !taken {
				first[key] = i
				continue
			}
			if earlier == i {
				continue
			}
			double(&actions[earlier], a)
			break
		}
	}
}

func double(earlier, later *Action) {
	const hint = "name each target once"
	if earlier.Origin == later.Origin && later.Matched {
		*later = later.sameCluster(earlier.Place)
		return
	}
	if earlier.Origin == later.Origin && earlier.Matched {
		*earlier = earlier.sameCluster(later.Place)
		return
	}
	if earlier.Origin == later.Origin {
		*later = later.stop(Refused, fmt.Sprintf("the same object as %s %s/%s", earlier.Place.Cluster, earlier.Place.Namespace, earlier.Place.Name), hint)
		return
	}
	reason := func(other *Action) string { return "also the target of source " + other.Origin.Path() }
	const split = "--prefix, --suffix or --to-namespace tell the copies apart"
	*later = later.stop(Refused, reason(earlier), split)
	*earlier = earlier.stop(Refused, reason(later), split)
}

// sameCluster leaves out a cluster that a pattern has found under a second name.
func (a Action) sameCluster(other Place) Action {
	return a.stop(Skip, "the same cluster as "+other.Cluster+", which a pattern leaves out", "--to-context with its whole name targets it")
}

// identities are all that tells an item's object from others. Two items that
// share one are the same object.
func (a Action) identities() []string {
	if a.Verb == Failed || a.Verb == Forbidden || a.Verb == Skip {
		return nil
	}
	name := a.Place.Namespace + "/" + a.Place.Name
	var ids []string
	if a.Place.Server.Shown() {
		ids = append(ids, "server "+a.Place.Server.String()+" "+name)
	}
	if a.Seen.Object != nil && a.Seen.Object.Meta.UID != "" {
		ids = append(ids, "object "+a.Seen.Object.Meta.UID)
	}
	if a.Seen.NamespaceUID != "" {
		ids = append(ids, "namespace "+a.Seen.NamespaceUID+" "+name)
	}
	if a.Seen.Identity != "" {
		ids = append(ids, "cluster "+a.Seen.Identity+" "+name)
	}
	return ids
}
