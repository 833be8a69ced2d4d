package cluster

import (
	"context"
	"io"
	"maps"
	"slices"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// Completions are what the connection flags can be. Errors leave values out:
// the command itself says what is wrong.
func (f *Flags) Completions(userAgent string) map[string]cli.Values {
	return map[string]cli.Values{
		clientcmd.FlagContext:     f.kept(func(c clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Contexts)) }),
		clientcmd.FlagClusterName: f.kept(func(c clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Clusters)) }),
		clientcmd.FlagAuthInfoName: f.kept(func(c clientcmdapi.Config) []string {
			return slices.Sorted(maps.Keys(c.AuthInfos))
		}),
		clientcmd.FlagNamespace: func(ctx context.Context) []string {
			target, err := f.Target(userAgent)
			if err != nil {
				return nil
			}
			return Namespaces(ctx, target.Config)
		},
		"datum-session": func(context.Context) []string { return sessions(userAgent) },
	}
}

// kept are names out of the kubeconfig.
func (f *Flags) kept(names func(clientcmdapi.Config) []string) cli.Values {
	return func(context.Context) []string {
		config, err := f.rules.Load()
		if err != nil {
			return nil
		}
		return names(*config)
	}
}

// sessions are those of kubectl datum-creds.
func sessions(userAgent string) []string {
	all, _ := environment(userAgent, io.Discard).Home.Sessions() // those that can be read
	names := make([]string, len(all))
	for i, session := range all {
		names[i] = session.Name
	}
	return names
}

// Completions are what the flags of both ends can be. Namespaces are the
// source cluster's, for copies too: most have that of their source.
func (e *Ends) Completions(userAgent string) map[string]cli.Values {
	contexts := func(context.Context) []string {
		files, err := e.kubeconfigs.files()
		if err != nil {
			return nil
		}
		return files.Contexts()
	}
	of := func(path *string) cli.Values {
		return func(ctx context.Context) []string {
			if *path == "" {
				return contexts(ctx)
			}
			files, err := LoadFile(*path)
			if err != nil {
				return nil
			}
			return files.Contexts()
		}
	}
	namespaces := func(ctx context.Context) []string {
		source, _, err := e.Source(Access{UserAgent: userAgent})
		if err != nil {
			return nil
		}
		return Namespaces(ctx, source.Config)
	}
	return map[string]cli.Values{
		"from-context": of(&e.From.Kubeconfig), "to-context": contexts, "to-kubeconfig-secret-context": contexts,
		"to-kubeconfig-context": func(context.Context) []string { return e.To.contexts() },
		"namespace":             namespaces, "to-namespace": namespaces, "to-kubeconfig-secret-namespace": namespaces,
		AllowFlag:       cli.Fixed(texts(Allowances())...),
		"datum-session": func(context.Context) []string { return sessions(userAgent) },
	}
}

// contexts are those of the files of --to-kubeconfig.
func (f *ToFlags) contexts() (names []string) {
	for _, path := range f.Kubeconfigs {
		if files, err := LoadFile(path); err == nil {
			names = append(names, files.Contexts()...)
		}
	}
	return names
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}

// Namespaces are those of a cluster; none where they cannot be had.
func Namespaces(ctx context.Context, config *rest.Config) []string {
	return bare(Names(ctx, config, Collection{Versions: []string{"v1"}, Plural: "namespaces"}))
}

// SecretNames are those of a namespace; none where they cannot be had. Values
// are not asked for.
func SecretNames(ctx context.Context, config *rest.Config, namespace string) []string {
	return bare(Names(ctx, config, Collection{Versions: []string{"v1"}, Plural: "secrets", Namespace: namespace}))
}

// bare drops the error: who completes can do nothing about it.
func bare(named []Named, _ error) []string {
	names := make([]string, len(named))
	for i, one := range named {
		names[i] = one.Name
	}
	return names
}

// KubeconfigSecretNames are those that --to-kubeconfig-secret can be; none
// where they cannot be had.
func (e *Ends) KubeconfigSecretNames(ctx context.Context, access Access, source Member) []string {
	query, err := e.secretQuery(access, source, &Resolved{})
	if err != nil {
		return nil
	}
	return SecretNames(ctx, query.Cluster.Config, query.Namespace)
}
