package devcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
)

// stopPatience is how long the supervisor may take to stop everything, before
// it is done without it.
const stopPatience = 30 * time.Second

// Down ends everything that runs, whoever started it and whether or not its
// supervisor still lives, and removes the state. It says whether there was
// anything.
func Down(ctx context.Context, state State, progress io.Writer) (bool, error) {
	if _, err := os.Stat(state.dir); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock, err := state.lock(ctx, progress)
	if err != nil {
		return false, err
	}
	if err := cleanUp(ctx, state); err != nil {
		lock.Release()
		return true, err
	}
	return true, lock.Remove()
}

// cleanUp leaves no process and no file of the state.
func cleanUp(ctx context.Context, state State) error {
	stopSupervisor(ctx, state)
	for _, path := range []string{state.supervisorRecord(), state.guardianRecord()} {
		if id, err := process.ReadRecord(path); err == nil {
			if err := end(ctx, id); err != nil {
				return err
			}
		}
	}
	if err := process.Reap(ctx, state.pids()); err != nil {
		return err
	}
	if err := os.RemoveAll(state.dir); err != nil {
		return fmt.Errorf("remove the state: %w", err)
	}
	return nil
}

// stopSupervisor lets the supervisor stop its clusters in order. What it
// leaves undone is done after it.
func stopSupervisor(ctx context.Context, state State) {
	supervisor, err := state.supervisor()
	if err != nil || supervisor.Stop() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	_ = supervisor.WaitGone(ctx)
}

// end makes sure that a process is gone.
func end(ctx context.Context, id process.Identity) error {
	if err := id.Kill(); err != nil {
		return err
	}
	return id.WaitGone(ctx)
}
