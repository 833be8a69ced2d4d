package servers

import "context"

// Pinned returns a binary of exactly the pinned version, whatever else the
// user has: benchmarks compare with it.
func (p *Provider) Pinned(ctx context.Context, name Name) (string, error) {
	return p.fromCache(ctx, name)
}
