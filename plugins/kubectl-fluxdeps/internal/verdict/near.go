package verdict

import (
	"cmp"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// maxNearSearches bounds the work on input where hardly anything resolves:
// after so many searches no further near names are offered.
const maxNearSearches = 500

// nearNames finds names that a user may have meant.
type nearNames struct {
	byGroup  map[flux.ID][]flux.ID // key: kind and namespace, no name
	searches int
}

func newNearNames(objects []flux.Object) *nearNames {
	near := &nearNames{byGroup: map[flux.ID][]flux.ID{}}
	for i := range objects {
		key := objects[i].ID
		key.Name = ""
		near.byGroup[key] = append(near.byGroup[key], objects[i].ID)
	}
	return near
}

// to returns the nearest name of the same kind and namespace, if one is near
// enough to be a slip: a third of the name's length apart at most. except is
// none that could be meant.
func (n *nearNames) to(want, except flux.ID) (flux.ID, bool) {
	if n.searches++; n.searches > maxNearSearches {
		return flux.ID{}, false
	}
	key := want
	key.Name = ""
	limit := max(1, len(want.Name)/3)
	names := slices.DeleteFunc(append([]flux.ID{{}}, n.byGroup[key]...), func(id flux.ID) bool { return id == except })
	best := slices.MinFunc(names, func(a, b flux.ID) int {
		return cmp.Or(cmp.Compare(apart(want.Name, a.Name, limit), apart(want.Name, b.Name, limit)), a.Compare(b))
	})
	return best, best.Name != "" && apart(want.Name, best.Name, limit) <= limit
}

// apart returns how many letters must be changed, added or left out to make b
// of a; any number above limit where it is more than limit.
func apart(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
