package cluster

import (
	"fmt"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// inOrder sorts the names of contexts by their place in the kubeconfigs. clientcmd
// keeps contexts in a map, so the files are read for their order alone.
func (f *Files) inOrder(names []string) []string {
	if len(names) < 2 {
		return names
	}
	at := map[string]int{}
	for _, one := range f.files {
		for _, name := range one.order() {
			if _, known := at[name]; !known {
				at[name] = len(at)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return at[a] - at[b] })
	return names
}

// order returns the names of the file's contexts as they stand in it.
func (f file) order() []string {
	var read struct {
		Contexts []struct {
			Name string `json:"name"`
		} `json:"contexts"`
	}
	// It was parsed before, so that only the order could be lost here.
	_ = yaml.Unmarshal(f.text, &read)
	names := make([]string, len(read.Contexts))
	for i, context := range read.Contexts {
		names[i] = context.Name
	}
	return names
}

// listed returns the contexts that text output shows by the names. A name with
// control characters is shown escaped, so that two could be shown alike.
func (f *Files) listed(names []string) ([]chosen, error) {
	if len(names) == 0 {
		return nil, nil
	}
	shown := map[string][]string{}
	for _, context := range f.Contexts() {
		shown[output.Text(context)] = append(shown[output.Text(context)], context)
	}
	var all []chosen
	for _, name := range names {
		found := shown[name]
		if len(found) != 1 {
			return nil, failure.With(failure.BadInput, fmt.Errorf("%d contexts are called %q", len(found), name),
				"kubectl config get-contexts lists the contexts; clusters of other kinds are named by the flags that the list was made with")
		}
		all = append(all, chosen{name: found[0]})
	}
	return all, nil
}
