package devcluster

import (
	"fmt"
	"time"
)

// wishFile is where commands tell the supervisor what is wanted.
const wishFile = "wish.json"

// Wish is what somebody wants to run.
type Wish struct {
	// Clusters is how many clusters.
	Clusters int `json:"clusters"`
	// Flux is whether they have Flux.
	Flux bool `json:"flux"`
	// Asked is when, which Up fills in; a new wish makes the supervisor try
	// again what failed.
	Asked time.Time `json:"asked"`
}

// with returns a wish for everything that either asks for. Nothing that runs
// is taken away by asking for less. It is always later than the one before,
// also when the clock is not.
func (w Wish) with(other Wish, now time.Time) Wish {
	if !now.After(w.Asked) {
		now = w.Asked.Add(1)
	}
	return Wish{
		Clusters: max(w.Clusters, other.Clusters),
		Flux:     w.Flux || other.Flux,
		Asked:    now,
	}
}

// names returns the names of the wanted clusters, in order.
func (w Wish) names() []string {
	names := make([]string, w.Clusters)
	for i := range names {
		names[i] = fmt.Sprintf("devcluster-%d", i+1)
	}
	return names
}
