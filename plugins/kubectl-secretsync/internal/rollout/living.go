package rollout

import (
	"context"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// living reads the metadata of the named sources that are there. Who writes in one
// target makes names up: those that cannot be read, or that time does not suffice
// for, are unknown, and hold up none of the others.
func (f Finder) living(ctx context.Context, client *api.Client, namespace string, names []string) (live map[string]secret.Meta, unknown map[string]*plan.Problem) {
	found, problems := make([]*secret.Meta, len(names)), make([]plan.Problem, len(names))
	for i := range problems {
		problems[i] = plan.Problem{Kind: plan.KindTimeout, Text: "there was no time to ask for it", Hint: "--timeout says how long all may take"}
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	each(ctx, len(names), parallelSources, func(i int) {
		meta, err := client.Meta(ctx, namespace, names[i])
		found[i], problems[i] = meta, plan.Problem{}
		if err != nil {
			problems[i] = api.AsError(err).Problem()
		}
	})
	live, unknown = map[string]secret.Meta{}, map[string]*plan.Problem{}
	for i, name := range names {
		if problem := problems[i]; problem.Kind != "" {
			problem.Text = "whether its source " + namespace + "/" + name + " is there is not known: " + problem.Text
			unknown[name] = &problem
		} else if found[i] != nil {
			live[name] = *found[i]
		}
	}
	return live, unknown
}

// inTurn are the sources of the jobs that are not known, each once: the first of
// each place, then the second. However many one place names, others get theirs asked.
func inTurn(jobs []Job, known func(string) bool) []string {
	var turns [][]string
	next := map[plan.Place]int{}
	for _, job := range jobs {
		from, name := job.Item.Place, job.Item.Origin.Name
		if name == "" || known(name) {
			continue
		}
		from.Name = ""
		if next[from] == len(turns) {
			turns = append(turns, nil)
		}
		turns[next[from]] = append(turns[next[from]], name)
		next[from]++
	}
	once := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(turns...), func(name string) bool {
		again := once[name]
		once[name] = true
		return again
	})
}
