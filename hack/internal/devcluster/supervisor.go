package devcluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/artifact"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// OwnerVariable names the environment variable with the pid of a process that
// the clusters are for: when it is gone, they go too. Without it, they stay
// until they are told to go.
const OwnerVariable = "DEVCLUSTER_OWNER"

// wishInterval is how often the supervisor looks for a new wish.
const wishInterval = 200 * time.Millisecond

// supervisor owns running clusters.
type supervisor struct {
	state     State
	log       *slog.Logger
	servers   *servers.Provider
	artifacts *artifact.Server
	owner     *process.Identity

	mu       sync.Mutex
	clusters map[string]*controlplane.Cluster
	report   Report
}

// Supervise runs the clusters that are wished for, until ctx ends. Then it
// stops them.
func Supervise(ctx context.Context, state State, log *slog.Logger) error {
	guardian, err := process.StartGuardian(state.pids(), "")
	if err != nil {
		return err
	}
	s := &supervisor{state: state, log: log, clusters: map[string]*controlplane.Cluster{}, report: newReport(state)}
	err = errors.Join(s.run(ctx, guardian), s.stop(), guardian.Release())
	if s.abandoned() {
		// Nobody is left who would call down.
		err = errors.Join(err, os.RemoveAll(state.dir))
	}
	return err
}

func (s *supervisor) run(ctx context.Context, guardian *process.Guardian) error {
	if err := process.Record(s.state.guardianRecord(), guardian.PID()); err != nil {
		return err
	}
	// Who started it does this too, but may be killed before that.
	if err := process.Record(s.state.supervisorRecord(), os.Getpid()); err != nil {
		return err
	}
	owner, err := owner(os.Getenv(OwnerVariable))
	if err != nil {
		return err
	}
	s.owner = owner
	if s.servers, err = servers.New(os.Stdout); err != nil {
		return err
	}
	if s.artifacts, err = artifact.Serve(ctx, s.state.path("artifacts")); err != nil {
		return err
	}
	s.report.Running, s.report.Supervisor, s.report.Artifacts = true, os.Getpid(), s.artifacts.Store()
	s.log.Info("supervisor runs", "pid", os.Getpid(), "artifacts", s.artifacts.Store().URL)
	return s.grantWishes(ctx)
}

// grantWishes looks for wishes until ctx or the owner ends.
func (s *supervisor) grantWishes(ctx context.Context) error {
	ticker := time.NewTicker(wishInterval)
	defer ticker.Stop()
	var granted time.Time
	for {
		var wish Wish
		if err := s.state.read(wishFile, &wish); err != nil {
			return err
		}
		if wish.Asked.After(granted) {
			granted = wish.Asked
			if err := s.grant(ctx, wish); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if s.abandoned() {
			s.log.Info("the owner is gone", "pid", s.owner.PID)
			return nil
		}
	}
}

// abandoned says whether the owner is gone.
func (s *supervisor) abandoned() bool { return s.owner != nil && !s.owner.Alive() }

// stop stops all clusters, at the same time.
func (s *supervisor) stop() error {
	var group sync.WaitGroup
	failures := make(chan error, len(s.clusters))
	for _, cluster := range s.clusters {
		group.Go(func() { failures <- cluster.Stop() })
	}
	group.Wait()
	close(failures)
	var err error
	for failure := range failures {
		err = errors.Join(err, failure)
	}
	if s.artifacts != nil {
		err = errors.Join(err, s.artifacts.Close())
	}
	s.log.Info("supervisor ends", "clusters", len(s.clusters), "error", err)
	return err
}

// owner identifies the process that the clusters are for.
func owner(pid string) (*process.Identity, error) {
	if pid == "" {
		return nil, nil
	}
	number, err := strconv.Atoi(pid)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", OwnerVariable, err)
	}
	id, err := process.Of(number)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", OwnerVariable, err)
	}
	return &id, nil
}
