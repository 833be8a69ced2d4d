package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
)

// listed is a target as a line of -o name has it: secret/NAMESPACE/NAME CLUSTER. The
// cluster's name comes last and is as text output shows it, so that it may hold any
// character.
type listed struct{ namespace, name, cluster string }

// maxListed bounds a list of targets, in bytes: a hundred thousand lines.
const maxListed = 32 << 20

// parseListed reads a line of -o name.
func parseListed(line string) (listed, error) {
	place, cluster, found := strings.Cut(line, " ")
	parts := strings.Split(place, "/")
	if !found || cluster == "" || len(parts) != 3 || parts[0] != "secret" || parts[1] == "" || parts[2] == "" {
		return listed{}, fmt.Errorf("%q: want secret/NAMESPACE/NAME CLUSTER, as -o name prints it", output.Text(line))
	}
	return listed{parts[1], parts[2], cluster}, nil
}

// readListed reads all lines, but for empty ones.
func readListed(r io.Reader) ([]listed, error) {
	var all []listed
	lines := bufio.NewScanner(io.LimitReader(r, maxListed))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			continue
		}
		one, err := parseListed(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("no target in it")
	}
	return all, nil
}

// readTargets reads the list of --targets-from. Where no other flag names target
// clusters, those of the list are contexts.
func (s *session) readTargets() error {
	path := s.selection.targetsFrom
	if path == "" {
		return nil
	}
	var err error
	if s.listed, err = s.openListed(path); err != nil {
		return failure.With(failure.BadInput, fmt.Errorf("--targets-from=%q: %w", path, err), "")
	}
	to := &s.selection.ends.To
	if to.Given() {
		return nil
	}
	for _, one := range s.listed {
		if !slices.Contains(to.Listed, one.cluster) {
			to.Listed = append(to.Listed, one.cluster)
		}
	}
	return nil
}

func (s *session) openListed(path string) ([]listed, error) {
	if path == "-" {
		return readListed(s.In)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readListed(file)
}

// limit keeps the jobs that are listed. A listed target that the other flags do not
// lead to is an error: it would be left out without a word.
func (s *session) limit(jobs []rollout.Job) ([]rollout.Job, error) {
	if s.selection.targetsFrom == "" {
		return jobs, nil
	}
	wanted := map[listed]bool{}
	for _, one := range s.listed {
		wanted[one] = false
	}
	kept := slices.DeleteFunc(jobs, func(job rollout.Job) bool {
		place := job.Item.Place
		one := listed{output.Text(place.Namespace), output.Text(place.Name), output.Text(place.Cluster)}
		_, ok := wanted[one]
		if ok {
			wanted[one] = true
		}
		return !ok
	})
	for _, one := range s.listed {
		if !wanted[one] {
			return nil, failure.With(failure.BadInput, fmt.Errorf("--targets-from: secret/%s/%s in cluster %q is no target of the other flags", one.namespace, one.name, one.cluster),
				"give the flags that the list was made with; --to-namespace, --prefix and --suffix say where copies go")
		}
	}
	return kept, nil
}
