// Package rollout does what takes time: it reads the targets, many at once, and
// carries a plan out.
package rollout

import (
	"context"
	"sync"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Cluster is one target cluster.
type Cluster struct {
	Member cluster.Member
	client *api.Client
	// broken is why there is no client.
	broken *plan.Problem

	mu         sync.Mutex
	namespaces map[string]*namespace

	identified sync.Once
	identity   string
}

// NewCluster makes a member ready for work. What is wrong with its kubeconfig
// shows on each of its items.
func NewCluster(member cluster.Member, scrub *secret.Scrubber, pause api.Pause) *Cluster {
	c := &Cluster{Member: member, namespaces: map[string]*namespace{}}
	var err error
	if c.client, err = api.New(member, scrub, pause); err != nil {
		c.broken = &plan.Problem{Kind: plan.KindConfig, Text: scrub.Clean(err.Error())}
	}
	return c
}

// Broken is a target that no kubeconfig leads to.
func Broken(name string, problem plan.Problem) *Cluster {
	return &Cluster{Member: cluster.Member{Name: name}, broken: &problem}
}

// Server returns the cluster's address.
func (c *Cluster) Server() address.Address { return c.Member.Address() }

// runsProgram reports whether the kubeconfig names a program for credentials.
func (c *Cluster) runsProgram() bool { return c.Member.Config.ExecProvider != nil }

// Client is what talks to it, nil where Problem says why there is none.
func (c *Cluster) Client() *api.Client { return c.client }

// Problem says why there is no client.
func (c *Cluster) Problem() *plan.Problem { return c.broken }

// identify reads the cluster's UID, once.
func (c *Cluster) identify(ctx context.Context) string {
	c.identified.Do(func() { c.identity = c.client.Identity(ctx) })
	return c.identity
}

// namespace is what is known of a namespace, read once for all its items.
type namespace struct {
	once     sync.Once
	state    plan.NamespaceState
	uid      string
	identity string
	access   plan.Permissions
}

func (c *Cluster) namespace(name string) *namespace {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.namespaces[name] == nil {
		c.namespaces[name] = &namespace{}
	}
	return c.namespaces[name]
}

// Job is an item and the cluster that it is in.
type Job struct {
	Item    plan.Item
	Cluster *Cluster
}

const (
	// transitMemory is what Secrets on their way may take together, in bytes.
	transitMemory = 32 << 20
	// transitFactor is what one takes, in times of its size: base64, the
	// buffers of HTTP/2 and TLS, and a copy to decode.
	transitFactor = 5
	// fewestParallel are worked on at once however large Secrets are.
	fewestParallel = 4
)

// Fitting returns how many targets can be worked on at once with Secrets of the
// size, at most as many as wanted.
func Fitting(wanted, size int) int {
	return min(wanted, max(fewestParallel, transitMemory/(transitFactor*size+1)))
}

// each runs work for 0 to n-1, at most parallel at once, until the context
// ends, and returns when all that has begun is done.
func each(ctx context.Context, n, parallel int, work func(int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, max(parallel, 1))
	defer group.Wait()
	for i := range n {
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		if ctx.Err() != nil {
			return
		}
		group.Go(func() {
			defer func() { <-slots }()
			work(i)
		})
	}
}
