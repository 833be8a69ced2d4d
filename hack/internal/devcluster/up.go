package devcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/filelock"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

const (
	// commandPatience is how long a command waits for another one.
	commandPatience = 5 * time.Minute
	// startPatience is how long the clusters may take to be ready.
	startPatience = 5 * time.Minute
	// pollInterval is how often a command looks at what the supervisor does.
	pollInterval = 50 * time.Millisecond
)

// Up makes what is wished for run and returns when it does, with how things
// were before and are now. Servers that are not there are built first, with
// progress. That something of before is not well is no error here.
func Up(ctx context.Context, state State, wish Wish, progress io.Writer) (before, after Report, err error) {
	if err := build(ctx, wish, progress); err != nil {
		return before, after, err
	}
	lock, err := state.lock(ctx, progress)
	if err != nil {
		return before, after, err
	}
	defer lock.Release()
	if before, err = Status(ctx, state); err != nil {
		return before, after, err
	}
	if err := ask(ctx, state, wish); err != nil {
		return before, after, err
	}
	after, err = Status(ctx, state)
	return before, after, err
}

// ask tells the supervisor what is wanted and waits for the answer. Without a
// supervisor, one is started.
func ask(ctx context.Context, state State, wish Wish) error {
	supervisor, err := state.supervisor()
	if errors.Is(err, fs.ErrNotExist) {
		if err := cleanUp(ctx, state); err != nil {
			return err
		}
		wish = Wish{}.with(wish, time.Now())
		supervisor, err = startSupervisor(state, wish)
	} else if err == nil {
		wish, err = state.add(wish)
	}
	if err != nil {
		return err
	}
	return await(ctx, state, supervisor, wish)
}

// build has the servers built here, where somebody can see and stop it, and
// not by the supervisor.
func build(ctx context.Context, wish Wish, progress io.Writer) error {
	provider, err := servers.New(progress)
	if err != nil {
		return err
	}
	names := []servers.Name{servers.Etcd, servers.APIServer, servers.ControllerManager}
	if wish.Flux {
		names = append(names, servers.KustomizeController)
	}
	_, err = provider.Ensure(ctx, names...)
	return err
}

// lock keeps other commands on the same state out.
func (s State) lock(ctx context.Context, progress io.Writer) (*filelock.Lock, error) {
	if err := private.Dir(s.dir); err != nil {
		return nil, err
	}
	return filelock.Take(ctx, filelock.Request{
		Path:     s.lockFile(),
		What:     "changing the development clusters",
		Patience: commandPatience,
		Progress: progress,
	})
}

// supervisor returns the running supervisor, or fs.ErrNotExist.
func (s State) supervisor() (process.Identity, error) {
	id, err := process.ReadRecord(s.supervisorRecord())
	if err == nil && !id.Alive() {
		err = fs.ErrNotExist
	}
	return id, err
}

// add adds a wish to those of before.
func (s State) add(wish Wish) (Wish, error) {
	var before Wish
	if err := s.read(wishFile, &before); err != nil {
		return Wish{}, err
	}
	wish = before.with(wish, time.Now())
	return wish, s.write(wishFile, wish)
}

// startSupervisor starts this program once more, in a session of its own, so
// that it outlives the terminal.
func startSupervisor(state State, wish Wish) (process.Identity, error) {
	if err := private.Dir(state.dir); err != nil {
		return process.Identity{}, err
	}
	if err := state.write(wishFile, wish); err != nil {
		return process.Identity{}, err
	}
	log, err := os.OpenFile(state.Log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return process.Identity{}, fmt.Errorf("start supervisor: %w", err)
	}
	defer func() { _ = log.Close() }()
	self, err := process.OwnProgram()
	if err != nil {
		return process.Identity{}, fmt.Errorf("start supervisor: %w", err)
	}
	cmd := exec.Command(self, "supervise", "--state", state.dir)
	cmd.Args[0] = "devcluster"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return process.Identity{}, fmt.Errorf("start supervisor: %w", err)
	}
	if err := process.Record(state.supervisorRecord(), cmd.Process.Pid); err != nil {
		return process.Identity{}, errors.Join(err, cmd.Process.Kill())
	}
	return process.ReadRecord(state.supervisorRecord())
}

// await waits until the supervisor has granted the wish.
func await(ctx context.Context, state State, supervisor process.Identity, wish Wish) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		if report, err := state.reported(); err == nil && !report.Answered.Before(wish.Asked) {
			return started(report)
		}
		if !supervisor.Alive() {
			return failure.New(failure.Unable, "cat "+state.Log(), "the supervisor ended while the clusters started")
		}
		select {
		case <-ctx.Done():
			return failure.New(failure.Unable, "go run ./hack/devcluster down", "the clusters are still starting, and go on with it: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// started tells the first cluster that did not start.
func started(report Report) error {
	for _, cluster := range report.Clusters {
		if cluster.Phase == Failed {
			return failure.New(failure.Unable, "ls "+cluster.Logs, "%s", cluster.Message)
		}
	}
	return nil
}
