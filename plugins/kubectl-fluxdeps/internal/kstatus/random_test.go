package kstatus_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

// TestRandom compares random objects of every kind, the same ones in each run.
func TestRandom(t *testing.T) {
	const perKind = 3000
	total, panics := 0, 0
	for _, kind := range slices.Sorted(maps.Keys(fields)) {
		seen := map[kstatus.Status]int{}
		messages := map[string]bool{}
		r := rand.New(rand.NewPCG(1, uint64(total)))
		for range perKind {
			found, panicked := compare(t, random(r, kind))
			seen[found.Status]++
			messages[found.Message] = true
			total++
			if panicked {
				panics++
			}
		}
		t.Logf("%s: %v, %d messages", kind, seen, len(messages))
		if t.Failed() {
			t.FailNow()
		}
		for _, status := range []kstatus.Status{kstatus.Current, kstatus.InProgress, kstatus.Failed, kstatus.Terminating, ""} {
			if seen[status] < perKind/100 {
				t.Errorf("%s: only %d of status %q: the generator misses something", kind, seen[status], status)
			}
		}
	}
	t.Logf("%d objects; the library panicked on %d", total, panics)
}

// random makes an object of a kind. Half are of one mould: nothing is missing
// and all numbers are the same, so that the rules behind those on numbers are
// reached.
func random(r *rand.Rand, kind string) map[string]any {
	apiVersion, name, _ := strings.Cut(kind, " ")
	content := map[string]any{"apiVersion": apiVersion, "kind": name}
	mould, number := r.IntN(2) == 0, int64(r.IntN(3))
	for _, field := range slices.Concat(everywhere, fields[kind]) {
		value := field.value(r)
		if _, ok := value.(int64); ok && mould {
			value = number
		}
		if r.IntN(4) == 0 && !mould {
			continue
		}
		if r.IntN(80) == 0 {
			value = pick(r, odd)
		}
		set(content, value, strings.Split(field.path, "."))
	}
	if r.IntN(100) == 0 {
		content[pick(r, []string{"metadata", "spec", "status"})] = pick(r, odd)
	}
	return content
}

// odd values stand where they should not.
var odd = []any{nil, "", "x", int64(-1), 1.5, true, []any{}, []any{nil}, []any{"x"}, map[string]any{}}

func pick[T any](r *rand.Rand, values []T) T { return values[r.IntN(len(values))] }

// set writes a value to a path, and nothing where the path leads nowhere.
func set(content map[string]any, value any, path []string) {
	for _, name := range path[:len(path)-1] {
		if content[name] == nil {
			content[name] = map[string]any{}
		}
		next, ok := content[name].(map[string]any)
		if !ok {
			return
		}
		content = next
	}
	content[path[len(path)-1]] = value
}
