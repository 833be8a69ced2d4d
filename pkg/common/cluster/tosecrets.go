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
	// Servers are patterns of the servers that Secrets may put targets at; none
	// allows all.
	Servers []string
}

func (f *SecretFlags) addFlags(set *pflag.FlagSet) {
	cli.StringArrayVar(set, &f.Names, "to-kubeconfig-secret", "", "Target the cluster of the kubeconfig in this Secret, NAME or NAMESPACE/NAME; can be repeated.")
	set.StringVar(&f.Selector, "to-kubeconfig-secret-selector", "", "Target the clusters of the kubeconfigs in all Secrets with these labels.")
	set.StringVar(&f.Namespace, "to-kubeconfig-secret-namespace", "", "Namespace of these Secrets where their names have none; default: that of the context.")
	set.StringVar(&f.Context, "to-kubeconfig-secret-context", "", "Context of the cluster that these Secrets are in; default: the source cluster.")
	set.StringVar(&f.Key, "to-kubeconfig-secret-key", "", "Key of the kubeconfig in these Secrets; default: the one that holds it ("+strings.Join(kubeconfigKeys(), ", ")+", Argo CD's form, or the only one).")
	var names []string
	for _, allowance := range Allowances() {
		names = append(names, string(allowance))
	}
	cli.StringArrayVar(set, &f.Allow, AllowFlag, "", "Allow this in a kubeconfig from a Secret, although whoever can write the Secret then controls it: "+strings.Join(names, ", ")+". Can be repeated.")
	cli.StringArrayVar(set, &f.Servers, allowServerFlag, "", "Accept only kubeconfig Secrets whose server's HOST or HOST:PORT matches this pattern (*). Can be repeated; default: all.")
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
		return flags.checkServers()
	}
	allowed, err := flags.allowances()
	if err != nil {
		return err
	}
	query, err := e.secretQuery(access, source, into)
	if err != nil {
		return err
	}
	queries, err := query.each(flags.Selector)
	if err != nil {
		return err
	}
	for _, asked := range queries {
		secrets, err := read(ctx, asked)
		if err != nil {
			return err
		}
		if len(secrets) == 0 {
			return failure.With(failure.BadInput, fmt.Errorf("--to-kubeconfig-secret-selector=%q matches no Secret in namespace %q of %s", flags.Selector, query.Namespace, query.Cluster.Name),
				"--to-kubeconfig-secret-namespace names another namespace")
		}
		for _, secret := range secrets {
			into.addSecret(access, "secret "+asked.Namespace+"/"+secret.Name, secret.Data, asked.Selector != "", flags, allowed)
		}
	}
	return nil
}

// each returns a query for the named Secrets of each namespace, in the order in which
// these were first named, and one for those with labels.
func (q SecretQuery) each(selector string) ([]SecretQuery, error) {
	var queries []SecretQuery
	for _, text := range q.Names {
		namespace, name, err := secretName(text, q.Namespace)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(queries, func(other SecretQuery) bool { return other.Namespace == namespace })
		if at < 0 {
			at = len(queries)
			queries = append(queries, SecretQuery{Cluster: q.Cluster, Namespace: namespace})
		}
		queries[at].Names = append(queries[at].Names, name)
	}
	if selector != "" {
		queries = append(queries, SecretQuery{Cluster: q.Cluster, Namespace: q.Namespace, Selector: selector})
	}
	return queries, nil
}

// secretName reads NAME or NAMESPACE/NAME. Neither part can hold a slash.
func secretName(text, namespace string) (in, name string, err error) {
	before, after, found := strings.Cut(text, "/")
	if !found {
		return namespace, text, nil
	}
	if before == "" || after == "" || strings.Contains(after, "/") {
		return "", "", failure.Input(fmt.Errorf("--to-kubeconfig-secret=%q: want NAME or NAMESPACE/NAME", text))
	}
	return before, after, nil
}

// addSecret adds the cluster of a kubeconfig Secret, or why it cannot be used.
func (r *Resolved) addSecret(access Access, name string, data map[string][]byte, selected bool, flags SecretFlags, allowed []Allowance) {
	if only := argoOnly(name, data, flags.Key, selected, allowed); only != nil {
		r.Refused = append(r.Refused, Refusal{name, only})
		return
	}
	member, err := access.Untrusted(name, data, flags.Key, allowed)
	if err == nil {
		err = flags.vetServer(member)
	}
	if err != nil {
		r.Refused = append(r.Refused, Refusal{name, err})
		return
	}
	member.FromSecret = true
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
