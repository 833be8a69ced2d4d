package cmd

import (
	"context"
	"errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// readKubeconfigs reads the Secrets that hold kubeconfigs of targets.
func (s *session) readKubeconfigs(ctx context.Context, query cluster.SecretQuery) ([]cluster.KubeconfigSecret, error) {
	client, err := api.New(query.Cluster, s.scrub, s.pause)
	if err != nil {
		return nil, failure.Input(err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.run.timeout)
	defer cancel()
	found, err := readAll(ctx, client, query)
	if err != nil {
		return nil, s.explain("kubeconfig Secrets of", query.Cluster, err)
	}
	var revealed []cluster.KubeconfigSecret
	for _, one := range found {
		s.scrub.Add(one.Data)
		data := map[string][]byte{}
		for key, value := range one.Data {
			data[key] = value.Reveal()
		}
		revealed = append(revealed, cluster.KubeconfigSecret{Name: one.Meta.Name, Data: data})
	}
	return revealed, nil
}

func readAll(ctx context.Context, client *api.Client, query cluster.SecretQuery) ([]secret.Secret, error) {
	if len(query.Names) == 0 {
		return client.List(ctx, query.Namespace, query.Selector)
	}
	var found []secret.Secret
	for _, name := range query.Names {
		one, err := client.Secret(ctx, query.Namespace, name)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// unusable adds a target whose kubeconfig cannot be used. One that is skipped is named
// on stderr too, because it does not change the exit code.
func (s *session) unusable(target cluster.Refusal) {
	problem := refusal(target.Err, s.scrub)
	if problem.Kind == plan.KindSkipped {
		s.warnings = append(s.warnings, target.Name+" is skipped: "+problem.Text)
	}
	s.clusters = append(s.clusters, rollout.Broken(target.Name, problem))
}

// refusal returns why a target's kubeconfig cannot be used.
func refusal(err error, scrub *secret.Scrubber) plan.Problem {
	problem := plan.Problem{Kind: plan.KindConfig, Text: scrub.Clean(err.Error())}
	var refused *cluster.RefusedError
	var argo *cluster.ArgoError
	switch {
	case errors.As(err, &refused):
		problem.Kind, problem.Hint = plan.KindRefused, refused.Hint()
	case errors.As(err, &argo):
		// It quotes no value, and names such as "in-cluster" are values too.
		problem.Text, problem.Hint = argo.Reason(), argo.Hint()
		if argo.Selected {
			problem.Kind = plan.KindSkipped
		}
	}
	return problem
}
