package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// pollInterval is how often the end of a process is looked for.
const pollInterval = 20 * time.Millisecond

// Reap ends every process that is recorded in a folder or below it, waits
// until all are gone, and removes the records. Processes end at once and not
// gracefully: nothing that such a server holds outlives it.
func Reap(ctx context.Context, dir string) error {
	records, err := Records(dir)
	if err != nil {
		return err
	}
	for path, id := range records {
		if err := id.Kill(); err != nil {
			return fmt.Errorf("end the process of %s: %w", path, err)
		}
	}
	for path, id := range records {
		if err := id.WaitGone(ctx); err != nil {
			return fmt.Errorf("wait for the end of %s: %w", path, err)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Records returns the processes recorded in a folder and those below it, by
// the record's path. Records that cannot be read tell of no process that could
// be ended safely, and are left out.
func Records(dir string) (map[string]Identity, error) {
	records := map[string]Identity{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.Type().IsRegular() || unfinished(entry.Name()) {
			return err
		}
		if id, err := ReadRecord(path); err == nil {
			records[path] = id
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read process records: %w", err)
	}
	return records, nil
}

// unfinished says whether a file is a record that is being written: by a
// launcher script, or by Record.
func unfinished(name string) bool {
	return strings.HasSuffix(name, ".part") || strings.HasPrefix(name, ".")
}

// Kill ends the process at once. That it has ended already is no error.
func (i Identity) Kill() error { return i.signal(syscall.SIGKILL) }

// Stop asks the process to end. That it has ended already is no error.
func (i Identity) Stop() error { return i.signal(syscall.SIGTERM) }

func (i Identity) signal(sig syscall.Signal) error {
	if !i.Alive() {
		return nil
	}
	if err := syscall.Kill(i.PID, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// WaitGone returns when the process has ended, or with ctx's error.
func (i Identity) WaitGone(ctx context.Context) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for i.Alive() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d still runs: %w", i.PID, ctx.Err())
		case <-ticker.C:
		}
	}
	return nil
}
