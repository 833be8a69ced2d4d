package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// reference is a Secret as people and programs write it.
type reference struct{ namespace, name string }

// parseReference reads NAME, secret/NAME as `kubectl get -o name` prints it,
// NAMESPACE/NAME, and secret/NAMESPACE/NAME as our own -o name does. What stands
// before one slash is the kind if it can be: a namespace called "secret" takes two.
func parseReference(text string) (reference, error) {
	parts := strings.Split(text, "/")
	switch {
	case len(parts) == 1:
		return reference{name: text}, nil
	case slices.Contains(parts, ""):
	case len(parts) == 2 && isSecretKind(parts[0]):
		return reference{name: parts[1]}, nil
	case len(parts) == 2:
		return reference{parts[0], parts[1]}, nil
	case len(parts) == 3 && isSecretKind(parts[0]):
		return reference{parts[1], parts[2]}, nil
	}
	return reference{}, failure.Input(fmt.Errorf("%q: want NAME, secret/NAME, NAMESPACE/NAME or secret/NAMESPACE/NAME", text))
}

// isSecretKind reports whether kubectl takes the word for the kind Secret.
func isSecretKind(word string) bool {
	return word == "secret" || word == "secrets" || word == "secrets.v1" || word == "secret.v1"
}

// resolve turns references into names of one namespace, which is that of -n, of the
// references, or empty. A plan is of the Secrets of one namespace, so that two are an
// error.
func (f *selectionFlags) resolve(texts []string) ([]string, error) {
	var names []string
	namespace := f.namespace
	for _, text := range texts {
		one, err := parseReference(text)
		if err != nil {
			return nil, err
		}
		switch {
		case one.namespace == "":
		case namespace == "":
			namespace = one.namespace
		case namespace != one.namespace:
			return nil, failure.With(failure.BadInput, fmt.Errorf("%q is not of namespace %q", text, namespace), "run the command once for each namespace")
		}
		names = append(names, one.name)
	}
	if err := f.checkMixed(texts, namespace); err != nil {
		return nil, err
	}
	f.namespace = namespace
	return names, nil
}

// checkMixed refuses names with a namespace beside others without: those would be of
// the context's namespace, or were meant to be of the one that is named.
func (f *selectionFlags) checkMixed(texts []string, namespace string) error {
	if f.namespace != "" || namespace == "" {
		return nil
	}
	for _, text := range texts {
		if one, _ := parseReference(text); one.namespace == "" {
			return failure.With(failure.BadInput, errors.New("some names have a namespace and others have none"), "name the namespace of all with -n")
		}
	}
	return nil
}
