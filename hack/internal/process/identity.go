// Package process keeps hold of server processes that may outlive the process
// that started them: who they are, where that is written down, and how they
// are ended without ever hitting a process of somebody else.
package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// Identity names one process for good. A pid alone does not: the system gives
// the same number to another process later. The moment of its start, as the
// system tells it, is what tells the two apart.
type Identity struct {
	// PID is the process id.
	PID int
	// Start is the system's own word for when the process started. It is only
	// ever compared, never computed with.
	Start string
}

// errGone says that there is no such process (any more).
var errGone = errors.New("no such process")

// Of returns the identity of a running process.
func Of(pid int) (Identity, error) {
	seen, err := look(pid)
	if err != nil {
		return Identity{}, fmt.Errorf("identify process %d: %w", pid, err)
	}
	return Identity{PID: pid, Start: seen.start}, nil
}

// Alive says whether exactly this process still runs. One that has ended and
// only waits for its parent to notice does not.
func (i Identity) Alive() bool {
	if i.PID <= 0 {
		return false
	}
	seen, err := look(i.PID)
	return err == nil && !seen.ended && seen.start == i.Start
}

// sighting is what the system says about a pid at one moment.
type sighting struct {
	start string
	ended bool
}

// parseSighting reads what the launcher script and look both see: on Linux the
// boot id and the line of /proc/PID/stat, elsewhere the start time from ps.
func parseSighting(raw string) (sighting, error) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return sighting{}, errGone
	}
	boot, stat, linux := strings.Cut(text, "\n")
	if !linux {
		return sighting{start: text}, nil
	}
	// The command's name may hold spaces and brackets; the last one ends it.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const state, startTime = 0, 19
	if len(fields) <= startTime {
		return sighting{}, fmt.Errorf("cannot read process state %q", stat)
	}
	// Ticks count from the boot of the machine, so the boot belongs to it.
	ended := fields[state] == "Z" || fields[state] == "X"
	return sighting{start: boot + ":" + fields[startTime], ended: ended}, nil
}

// Record writes the identity of a running process to a file.
func Record(path string, pid int) error {
	raw, err := describe(pid)
	if err != nil {
		return fmt.Errorf("record process %d: %w", pid, err)
	}
	if err := private.WriteFile(path, []byte(strconv.Itoa(pid)+"\n"+raw)); err != nil {
		return fmt.Errorf("record process %d: %w", pid, err)
	}
	return nil
}

// ReadRecord reads what Record, or a launcher script, has written.
func ReadRecord(path string) (Identity, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Identity{}, err
	}
	first, rest, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return Identity{}, fmt.Errorf("read process record %s: %w", path, err)
	}
	seen, err := parseSighting(rest)
	if err != nil {
		return Identity{}, fmt.Errorf("read process record %s: %w", path, err)
	}
	return Identity{PID: pid, Start: seen.start}, nil
}
