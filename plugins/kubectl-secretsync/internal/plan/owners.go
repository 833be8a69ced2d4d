package plan

import "github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"

// Owners are the claims to look up before the target is overwritten.
func (o Options) Owners(item Item) []owner.Claim {
	if o.OnConflict != Overwrite || o.AllowLive || item.Seen.Object == nil || item.Content == nil {
		return nil
	}
	meta := item.Seen.Object.Meta
	return owner.Strong(meta, !meta.CopyOf(item.Origin))
}
