// Package owner tells whose an object is: the controller or tool that wrote it
// and would write it again.
package owner

import (
	"cmp"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Find returns the words for the owner of an object, "" where nobody claims it.
// Our own marks are not looked at.
func Find(meta secret.Meta) string {
	for _, find := range []func(secret.Meta) string{byReference, byMark, byManagedBy, byInstance} {
		if found := find(meta); found != "" {
			return found
		}
	}
	return ""
}

// Claims returns the words for who keeps writing an object, "" for nobody: a
// controller, or whoever leaves a mark. An owner that is no controller only has
// the object deleted with it.
func Claims(meta secret.Meta) string {
	for _, reference := range meta.OwnerReferences {
		if reference.Controller != nil && *reference.Controller {
			return byReference(meta)
		}
	}
	return cmp.Or(byMark(meta), byManagedBy(meta), byInstance(meta))
}

// byReference names the controller in ownerReferences, else any owner there.
func byReference(meta secret.Meta) string {
	found := ""
	for _, reference := range meta.OwnerReferences {
		words := reference.Kind + "/" + reference.Name
		if group, _, ok := strings.Cut(reference.APIVersion, "/"); ok {
			words += " (" + group + ")"
		}
		if reference.Controller != nil && *reference.Controller {
			return words
		}
		found = cmp.Or(found, words)
	}
	return found
}

func byMark(meta secret.Meta) string {
	value := func(key string) (string, bool) {
		if text, ok := meta.Labels[key]; ok {
			return text, true
		}
		text, ok := meta.Annotations[key]
		return text, ok
	}
	for _, m := range secret.OwnerMarks() {
		if text, ok := value(m.Key); ok && !meta.Asked(m.Key) {
			return words(m, text, value)
		}
	}
	return ""
}

func words(m secret.OwnerMark, text string, value func(string) (string, bool)) string {
	said := m.Owner
	if m.Values && text != "" {
		said += " " + text
	}
	if more, ok := value(m.With); ok && m.With != "" {
		if m.Values {
			return said + "/" + more
		}
		return said + " " + more
	}
	return said
}

// byManagedBy reads the recommended label, which holds any tool's name.
func byManagedBy(meta secret.Meta) string {
	manager := meta.Labels[secret.LabelManagedBy]
	if manager == "" || manager == secret.Manager {
		return ""
	}
	if instance := meta.Labels[secret.LabelInstance]; instance != "" {
		return manager + " (instance " + instance + ")"
	}
	return manager
}

// byInstance reads the label that Argo CD tracks by unless told otherwise, and
// that charts of Helm set too.
func byInstance(meta secret.Meta) string {
	instance := meta.Labels[secret.LabelInstance]
	if instance == "" || meta.Asked(secret.LabelInstance) {
		return ""
	}
	return "Argo CD or Helm (instance " + instance + ")"
}
