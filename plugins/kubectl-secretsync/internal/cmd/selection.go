package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// selectionFlags say which Secrets are copied to where, the same for every
// command, as they are typed.
type selectionFlags struct {
	ends      cluster.Ends
	namespace string
	selector  string
	all       bool
	files     []string
	sourceID  string
	plan      string

	to         rollout.Destination
	spec       specFlags
	allowTypes []string
}

// specFlags say how copies differ from their source.
type specFlags struct {
	kind                        string
	keys                        []string
	labels, annotations         []string
	copyLabels, copyAnnotations []string
}

func (f *selectionFlags) add(set *pflag.FlagSet) {
	set.StringVarP(&f.namespace, "namespace", "n", "", "Namespace of the source Secrets; default: the context's.")
	set.StringVarP(&f.selector, "selector", "l", "", "Take the source Secrets with these labels.")
	set.BoolVar(&f.all, "all", false, "Take all Secrets of the namespace.")
	cli.StringArrayVar(set, &f.files, "filename", "f", "Take the Secrets in this manifest as the source, - for stdin; can be repeated. No source cluster is asked.")
	set.StringVar(&f.sourceID, "source-id", "", "With -f: what tells these manifests from others of the same names. It is recorded in copies, and only copies with it are updated or deleted.")
	cli.TextVar(set, &f.plan, "plan", "Name of the plan, which is recorded in copies so that --orphans finds those that it no longer makes. Calls with one name are one plan. Default: an ID made of the flags that select Secrets and say where copies go.")
	f.ends.AddFlags(set)
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	cli.StringArrayVar(own, &f.to.Namespaces, "to-namespace", "", "Namespace of the copies; default: the source's. Can be repeated.")
	own.StringVar(&f.to.Name, "to-name", "", "Name of the copy; default: the source's.")
	own.StringVar(&f.to.Prefix, "prefix", "", "Stands before the names of copies.")
	own.StringVar(&f.to.Suffix, "suffix", "", "Stands behind the names of copies.")
	f.spec.add(own)
	cli.StringArrayVar(own, &f.allowTypes, "allow-type", "", "Allow source Secrets of this type, which is refused else: service account tokens, bootstrap tokens, Helm releases.")
	cli.GroupFlags(own, "Flags for the copies")
	set.AddFlagSet(own)
}

func (f *specFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.kind, "type", "", "Type of the copies; default: the source's.")
	cli.StringArrayVar(set, &f.keys, "key", "", "Copies have only this key: SOURCE[=NAME], * in SOURCE stands for any text. Can be repeated.")
	cli.StringArrayVar(set, &f.labels, "label", "", "Copies have this label: KEY=VALUE. Can be repeated.")
	cli.StringArrayVar(set, &f.annotations, "annotation", "", "Copies have this annotation: KEY=VALUE. Can be repeated.")
	cli.StringArrayVar(set, &f.copyLabels, "copy-labels", "", "Copies have the source's labels whose keys match this pattern (*), but for those by which a controller knows what is its own. Can be repeated.")
	cli.StringArrayVar(set, &f.copyAnnotations, "copy-annotations", "", "Copies have the source's annotations whose keys match this pattern (*), with the same exceptions. Can be repeated.")
}

// check finds what is wrong with the flags whatever the clusters hold.
func (f *selectionFlags) check(names []string) error {
	ways := 0
	for _, given := range []bool{len(names) > 0, f.selector != "", f.all, len(f.files) > 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return failure.With(failure.BadInput, errors.New("no Secret is named"), "name some, or select them with -l, --all or -f")
	case ways > 1:
		return failure.Input(errors.New("names, -l, --all and -f each select Secrets; use one of them"))
	case f.sourceID != "" && len(f.files) == 0:
		return failure.Input(errors.New("--source-id is for -f; Secrets in a cluster are told by their UIDs"))
	case len(f.sourceID) > 253 || strings.ContainsFunc(f.sourceID, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return failure.Input(errors.New("--source-id: want at most 253 bytes of text"))
	case f.plan != "" && len(f.files) > 0:
		return failure.Input(errors.New("--plan is for Secrets in a cluster, not for -f"))
	case f.to.Name != "" && (len(names) != 1 && len(f.files) == 0):
		return failure.Input(errors.New("--to-name is for a single Secret; --prefix and --suffix name many"))
	}
	if _, err := labels.Parse(f.selector); err != nil {
		return failure.Input(fmt.Errorf("--selector=%q: %w", f.selector, err))
	}
	if f.plan != "" {
		if err := checkPlan("plan", f.plan); err != nil {
			return err
		}
		if strings.HasPrefix(f.plan, secret.HashedPlan) {
			// No other call than that with its flags has such an ID.
			return failure.Input(fmt.Errorf("--plan=%q: %s begins IDs that are made of flags; --replaces-plan takes one", f.plan, secret.HashedPlan))
		}
	}
	return f.checkNames(names)
}

func (f *selectionFlags) checkNames(names []string) error {
	for _, name := range slices.Concat(names, given(f.to.Name)) {
		if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
			return failure.Input(fmt.Errorf("%q is not the name of a Secret: %s", name, problems[0]))
		}
	}
	for _, affix := range given(f.to.Prefix, f.to.Suffix) {
		// Between two letters an affix is valid whenever a name with it can be.
		if problems := validation.IsDNS1123Subdomain("a" + affix + "a"); len(problems) > 0 {
			return failure.Input(fmt.Errorf("%q cannot be part of a name: %s", affix, problems[0]))
		}
	}
	for _, namespace := range slices.Concat(f.to.Namespaces, given(f.namespace)) {
		if problems := validation.IsDNS1123Label(namespace); len(problems) > 0 {
			return failure.Input(fmt.Errorf("%q is not the name of a namespace: %s", namespace, problems[0]))
		}
	}
	return nil
}

// given leaves out what is empty.
func given(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// parse checks the flags that say how copies look.
func (f *specFlags) parse() (secret.Spec, error) {
	spec := secret.Spec{Type: f.kind, CopyLabels: f.copyLabels, CopyAnnotations: f.copyAnnotations}
	var err error
	if spec.Keys, err = parseKeys(f.keys); err != nil {
		return spec, err
	}
	if spec.Labels, err = pairs("label", f.labels); err != nil {
		return spec, err
	}
	for key, value := range spec.Labels {
		if problems := validation.IsValidLabelValue(value); len(problems) > 0 {
			return spec, failure.Input(fmt.Errorf("--label %s: %s", key, problems[0]))
		}
	}
	spec.Annotations, err = pairs("annotation", f.annotations)
	return spec, err
}

func parseKeys(texts []string) ([]secret.KeyRule, error) {
	var rules []secret.KeyRule
	for _, text := range texts {
		source, target, renamed := strings.Cut(text, "=")
		switch {
		case source == "":
			return nil, failure.Input(fmt.Errorf("--key=%q: want SOURCE[=NAME]", text))
		case renamed && strings.Contains(source, "*"):
			return nil, failure.Input(fmt.Errorf("--key=%q: a pattern cannot be renamed", text))
		}
		if problems := validation.IsConfigMapKey(target); renamed && len(problems) > 0 {
			return nil, failure.Input(fmt.Errorf("--key=%q: %s", text, problems[0]))
		}
		rules = append(rules, secret.KeyRule{Source: source, Target: target})
	}
	return rules, nil
}

// pairs parses KEY=VALUE. What tells our copies is not for flags to set.
func pairs(flag string, texts []string) (map[string]string, error) {
	parsed := map[string]string{}
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		problems := validation.IsQualifiedName(key)
		switch {
		case !ok:
			return nil, failure.Input(fmt.Errorf("--%s=%q: want KEY=VALUE", flag, text))
		case len(problems) > 0:
			return nil, failure.Input(fmt.Errorf("--%s=%q: %s", flag, text, problems[0]))
		case key == secret.LabelManagedBy || strings.HasPrefix(key, secret.Domain) || key == secret.LastApplied:
			return nil, failure.Input(fmt.Errorf("--%s=%q: %s is set by secretsync itself", flag, text, key))
		}
		parsed[key] = value
	}
	return parsed, nil
}
