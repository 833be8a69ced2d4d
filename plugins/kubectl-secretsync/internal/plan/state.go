package plan

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// State is how a copy stands to its source.
type State string

// The states.
const (
	InSync  State = "in-sync"
	Drifted State = "drifted"
	// Outdated is a copy of what the source was before.
	Outdated State = "outdated"
	// OutdatedDrifted is both.
	OutdatedDrifted State = "drifted+outdated"

	Missing      State = "missing"
	Foreign      State = "foreign"
	UnknownState State = "unknown"
	// Orphaned is a copy that the plan has made, and would make no more.
	Orphaned State = "orphaned"
)

// Proven tells from metadata alone that a copy holds what its source holds:
// it was made of the source as it is now, and nobody but us has written any of
// its values since. False means only that values have to be compared.
func Proven(meta secret.Meta, content *secret.Content) bool {
	o := content.Origin
	if !meta.CopyOf(o) || meta.Labels[secret.LabelSourceUID] != o.UID || o.ResourceVersion == "" {
		return false
	}
	if meta.Annotations[secret.AnnotationVersion] != o.ResourceVersion || len(lacks(meta.Labels, content.Labels)) > 0 || len(lacks(meta.Annotations, content.AnnotationsAt(meta.Namespace, meta.Name))) > 0 {
		return false
	}
	return wroteData(meta.ManagedFields, secret.Keys(content.Data))
}

// wroteData reads from the managed fields that we were the last to write each
// of the keys, and that nobody else has written any. The server takes a field
// from whoever wrote it before as soon as another changes its value.
func wroteData(all []secret.ManagedFields, keys []string) bool {
	ours, others, err := writers(all)
	return err == nil && len(others) == 0 && slices.Equal(ours, keys) && len(keys) > 0
}

// overwritten reads from the managed fields that another has written a key that
// we wrote, or has removed it. Without managed fields nothing tells.
func overwritten(meta secret.Meta) bool {
	ours, _, err := writers(meta.ManagedFields)
	lost := func(key string) bool { return !slices.Contains(ours, key) }
	return err == nil && len(meta.ManagedFields) > 0 && slices.ContainsFunc(meta.WrittenKeys(), lost)
}

// writers returns the keys that we were the last to write, and those of others,
// sorted.
func writers(all []secret.ManagedFields) (ours, others []string, err error) {
	for _, entry := range all {
		var fields struct {
			Data map[string]json.RawMessage `json:"f:data"`
		}
		if err := json.Unmarshal(entry.Fields, &fields); err != nil {
			return nil, nil, err
		}
		into := &others
		if entry.Manager == secret.Manager {
			into = &ours
		}
		for field := range fields.Data {
			// Beside keys, f:KEY, there is "." for the map itself.
			if key, ok := strings.CutPrefix(field, "f:"); ok {
				*into = append(*into, key)
			}
		}
	}
	slices.Sort(ours)
	slices.Sort(others)
	return slices.Compact(ours), slices.Compact(others), nil
}

// StateOf says how a copy stands to its source, from the plan's action for it.
func StateOf(a Action) State {
	object := a.Seen.Object
	switch {
	case a.Verb == Failed, a.Seen.Problem != nil, a.Verb == Forbidden && object == nil:
		return UnknownState
	case a.Lost != "":
		return Orphaned
	case object == nil:
		return Missing
	case a.Verb == Unchanged:
		return InSync
	case !object.Meta.CopyOf(a.Origin), owner.Claims(object.Meta) != "":
		return Foreign
	case a.Changes.Empty():
		return InSync
	case object.Meta.Annotations[secret.AnnotationVersion] != a.Origin.ResourceVersion:
		if overwritten(object.Meta) {
			return OutdatedDrifted
		}
		return Outdated
	default:
		return Drifted
	}
}
