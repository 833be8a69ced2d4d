package verdict

import (
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// maxNearSearches bounds the work on input where hardly anything resolves:
// after so many searches no further near names are offered.
const maxNearSearches = 500

// nearNames finds names that a user may have meant.
type nearNames struct {
	byKind   map[kindOf][]flux.ID
	searches int
	rows     rows
}

// kindOf is what a name must share with the one that is looked for.
type kindOf struct{ group, kind string }

func newNearNames(objects []flux.Object) *nearNames {
	near := &nearNames{byKind: map[kindOf][]flux.ID{}}
	for i := range objects {
		id := objects[i].ID
		key := kindOf{id.Group, id.Kind}
		near.byKind[key] = append(near.byKind[key], id)
	}
	return near
}

// to returns the nearest name of the same kind that is near enough to be a
// slip, of those as near one in the same namespace. except is none that could
// be meant.
func (n *nearNames) to(want, except flux.ID) (best flux.ID, found bool) {
	if n.searches++; n.searches > maxNearSearches {
		return flux.ID{}, false
	}
	var least distance
	for _, id := range n.byKind[kindOf{want.Group, want.Kind}] {
		most := allowed(want.Name, id.Name)
		slips := n.rows.slips(want.Name, id.Name, most)
		if id == except || slips > most || !n.rows.wordByWord(want.Name, id.Name, slips) {
			continue
		}
		to := distance{elsewhere: id.Namespace != want.Namespace, slips: slips}
		if !found || to.less(least) || to == least && id.Compare(best) < 0 {
			best, least, found = id, to, true
		}
	}
	return best, found
}

// distance orders names that may have been meant.
type distance struct {
	elsewhere bool
	slips     int
}

func (d distance) less(other distance) bool {
	if d.elsewhere != other.elsewhere {
		return other.elsewhere
	}
	return d.slips < other.slips
}

// allowed is how many slips make one name of the other: one in every five
// letters of the shorter, and none where that is no word, or where the two are
// of one series, as app-1 and app-2.
func allowed(a, b string) int {
	shorter := min(len(a), len(b))
	most := max(1, shorter/5)
	if max(len(a), len(b))-shorter > most || shorter < 3 || withoutDigits(a) == withoutDigits(b) {
		return 0
	}
	return most
}

func withoutDigits(text string) string {
	kept := make([]byte, 0, len(text))
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			kept = append(kept, text[i])
		}
	}
	return string(kept)
}

// wordByWord reports whether each word of the one name is near that of the
// other: soulsync-app is not meant for volsync-app, though the names as a whole
// are alike. Where one has more words a single slip may join or part two.
func (r *rows) wordByWord(a, b string, slips int) bool {
	wordsA, wordsB := words(a), words(b)
	if len(wordsA) != len(wordsB) {
		return slips == 1
	}
	for i, word := range wordsA {
		most := allowed(word, wordsB[i])
		if word != wordsB[i] && (most == 0 || r.slips(word, wordsB[i], most) > most) {
			return false
		}
	}
	return true
}

func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' })
}

// rows are three rows of a table of distances, made once.
type rows [3][]int

// slips returns how many letters must be changed, added, left out or swapped
// with the next to make b of a; more than most where it is more than that
// (Damerau's distance, no letter moved twice).
func (r *rows) slips(a, b string, most int) int {
	if most == 0 {
		return 1
	}
	r.grow(len(b) + 1)
	before, above, row := r[0], r[1], r[2]
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		before, above, row = above, row, before
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, above[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > most+1 { // a swap reaches over one row
			return least
		}
	}
	return row[len(b)]
}

func (r *rows) grow(length int) {
	for i := range r {
		if len(r[i]) < length {
			r[i] = make([]int, length)
		}
	}
}
