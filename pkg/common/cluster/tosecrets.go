package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// SecretFlags name kubeconfigs that lie in Secrets of a management cluster.
type SecretFlags struct {
	Names     []string
	Selector  string
	Namespace string
	Context   string
	Key       string
	Allow     []string
}

func (f *SecretFlags) addFlags(set *pflag.FlagSet) {
	cli.StringArrayVar(set, &f.Names, "to-kubeconfig-secret", "", "Target the cluster of the kubeconfig in this Secret; can be repeated.")
	set.StringVar(&f.Selector, "to-kubeconfig-secret-selector", "", "Target the clusters of the kubeconfigs in all Secrets with these labels.")
	set.StringVar(&f.Namespace, "to-kubeconfig-secret-namespace", "", "Namespace of these Secrets; default: that of the context.")
	set.StringVar(&f.Context, "to-kubeconfig-secret-context", "", "Context of the cluster that these Secrets are in; default: the source cluster.")
	set.StringVar(&f.Key, "to-kubeconfig-secret-key", "", "Key of the kubeconfig in these Secrets; default: the one that holds it ("+strings.Join(kubeconfigKeys(), ", ")+", Argo CD's form, or the only one).")
	var names []string
	for _, allowance := range Allowances() {
		names = append(names, string(allowance))
	}
	cli.StringArrayVar(set, &f.Allow, AllowFlag, "", "What a kubeconfig out of a Secret may have, though whoever can write the Secret then decides it: "+strings.Join(names, ", ")+". Can be repeated.")
}

// KubeconfigSecret is a Secret that holds a kubeconfig.
type KubeconfigSecret struct {
	Name string
	Data map[string][]byte
}

// SecretQuery asks for Secrets by name, or by labels where Names is empty.
type SecretQuery struct {
	Cluster   Member
	Namespace string
	Names     []string
	Selector  string
}

// SecretReader reads Secrets; this package has no client of its own.
type SecretReader func(context.Context, SecretQuery) ([]KubeconfigSecret, error)

func (e *Ends) toSecrets(ctx context.Context, access Access, source Member, read SecretReader, into *Resolved) error {
	flags := e.To.Secrets
	if len(flags.Names) == 0 && flags.Selector == "" {
		return nil
	}
	allowed, err := flags.allowances()
	if err != nil {
		return err
	}
	query, err := e.secretQuery(access, source, into)
	if err != nil {
		return err
	}
	for _, asked := range query.each(flags.Selector) {
		secrets, err := read(ctx, asked)
		if err != nil {
			return err
		}
		if len(secrets) == 0 {
			return failure.With(failure.BadInput, fmt.Errorf("--to-kubeconfig-secret-selector=%q matches no Secret in namespace %q of %s", flags.Selector, query.Namespace, query.Cluster.Name),
				"--to-kubeconfig-secret-namespace names another namespace")
		}
		for _, secret := range secrets {
			into.addSecret(access, "secret "+query.Namespace+"/"+secret.Name, secret.Data, asked.Selector != "", flags.Key, allowed)
		}
	}
	return nil
}

// each asks for the named Secrets and for those with labels, apart.
func (q SecretQuery) each(selector string) (queries []SecretQuery) {
	if len(q.Names) > 0 {
		queries = append(queries, q)
	}
	if selector != "" {
		queries = append(queries, SecretQuery{Cluster: q.Cluster, Namespace: q.Namespace, Selector: selector})
	}
	return queries
}

// addSecret adds the cluster of a kubeconfig Secret, or why it cannot be used.
func (r *Resolved) addSecret(access Access, name string, data map[string][]byte, selected bool, key string, allowed []Allowance) {
	if only := argoOnly(name, data, key, selected, allowed); only != nil {
		r.Refused = append(r.Refused, Refusal{name, only})
		return
	}
	member, err := access.Untrusted(name, data, key, allowed)
	if err != nil {
		r.Refused = append(r.Refused, Refusal{name, err})
		return
	}
	r.Members = append(r.Members, member)
}

// secretQuery says where the kubeconfig Secrets are. The management cluster is
// asked as the user is, not as targets are.
func (e *Ends) secretQuery(access Access, source Member, into *Resolved) (SecretQuery, error) {
	query := SecretQuery{Cluster: source, Namespace: e.To.Secrets.Namespace, Names: e.To.Secrets.Names}
	if e.To.Secrets.Context != "" {
		files, err := e.kubeconfigs.files()
		if err != nil {
			return query, err
		}
		access.As, access.AsGroups = "", nil
		member, warnings, err := files.Member(access, e.To.Secrets.Context)
		if err != nil {
			return query, failure.DefaultInput(err)
		}
		query.Cluster = member
		into.Warnings = append(into.Warnings, warnings...)
	}
	if query.Cluster.Config == nil {
		return query, failure.Input(errors.New("--to-kubeconfig-secret needs a cluster: --to-kubeconfig-secret-context"))
	}
	if query.Namespace == "" {
		query.Namespace = query.Cluster.Namespace
	}
	if query.Namespace == "" {
		query.Namespace = "default"
	}
	return query, nil
}

func (f SecretFlags) allowances() ([]Allowance, error) {
	var allowed []Allowance
	for _, text := range strings.FieldsFunc(strings.Join(f.Allow, ","), func(r rune) bool { return r == ',' }) {
		if !slices.Contains(Allowances(), Allowance(text)) {
			return nil, failure.Input(fmt.Errorf("--%s=%q: want one of %v", AllowFlag, text, Allowances()))
		}
		allowed = append(allowed, Allowance(text))
	}
	return allowed, nil
}
