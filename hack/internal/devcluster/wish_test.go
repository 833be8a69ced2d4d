package devcluster

import (
	"slices"
	"testing"
	"time"
)

func TestWishesAddUp(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	first := Wish{Clusters: 2}.with(Wish{Clusters: 1, Flux: true}, now)
	if want := (Wish{Clusters: 2, Flux: true, Asked: now}); first != want {
		t.Errorf("with = %+v, want %+v", first, want)
	}
	second := first.with(Wish{Clusters: 3}, now.Add(-time.Hour))
	if !second.Asked.After(first.Asked) {
		t.Errorf("with a clock that went back, the second wish (%s) is not after the first (%s)", second.Asked, first.Asked)
	}
	if got := second.names(); !slices.Equal(got, []string{"devcluster-1", "devcluster-2", "devcluster-3"}) {
		t.Errorf("names = %q", got)
	}
}

func TestClustersAreInTheOrderOfTheirNumbers(t *testing.T) {
	names := []string{"devcluster-10", "devcluster-2", "devcluster-1"}
	slices.SortFunc(names, compareNames)
	if !slices.Equal(names, []string{"devcluster-1", "devcluster-2", "devcluster-10"}) {
		t.Errorf("sorted = %q", names)
	}
}
