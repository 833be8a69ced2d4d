package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// TestLiving: whoever claims an object and may still be there stops a take-over.
func TestLiving(t *testing.T) {
	yes := true
	meta := func(labels, annotations map[string]string) secret.Meta {
		return secret.Meta{Namespace: "n", Name: "s", Labels: labels, Annotations: annotations}
	}
	helm := meta(nil, map[string]string{"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "n"})
	flux := meta(map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}, nil)
	argo := meta(nil, map[string]string{"argocd.argoproj.io/tracking-id": "web:/Secret:n/s"})
	owned := meta(nil, nil)
	owned.OwnerReferences = []secret.OwnerReference{{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: "app", UID: "u", Controller: &yes}}
	const none = `{"kind":"PartialObjectMetadataList","metadata":{},"items":[]}`
	const one = `{"kind":"PartialObjectMetadataList","metadata":{},"items":[{"metadata":{"name":"x"}}]}`
	const kinds = `{"kind":"APIResourceList","resources":[{"name":"externalsecrets/status","kind":"ExternalSecret","namespaced":true},{"name":"externalsecrets","kind":"ExternalSecret","namespaced":true}]}`
	missing := says(404, statusOf("NotFound", "not found", ""))
	unserved := says(404, "404 page not found")
	for _, c := range []struct {
		name    string
		meta    secret.Meta
		answers []string
		gone    bool
		why     string
		asked   string
	}{
		{"a release", helm, []string{one}, false, "Helm release n/web is still there", "/api/v1/namespaces/n/secrets?labelSelector=owner%3Dhelm%2Cname%3Dweb&limit=1"},
		{"a release in ConfigMaps", helm, []string{none, one}, false, "is still there", "/api/v1/namespaces/n/configmaps?"},
		{"a release that is gone", helm, []string{none, none}, true, "", ""},
		{"an application", argo, []string{one}, false, "Argo CD application web is still there", "/apis/argoproj.io/v1alpha1/applications?fieldSelector=metadata.name%3Dweb"},
		{"an application that is gone", argo, []string{none}, true, "", ""},
		{"an application of another cluster", argo, []string{"unserved"}, false, "cannot be looked up: its kind is not served here", ""},
		{"a Kustomization", flux, []string{`{"metadata":{"name":"apps"}}`}, false, "Flux Kustomization flux-system/apps is still there", "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps"},
		{"a Kustomization that is gone", flux, []string{"missing"}, true, "", ""},
		{"an ExternalSecret", owned, []string{kinds, `{"metadata":{"name":"app","uid":"u"}}`}, false, "ExternalSecret/app (external-secrets.io) is still there", "/apis/external-secrets.io/v1/namespaces/n/externalsecrets/app"},
		{"an ExternalSecret that was made anew", owned, []string{kinds, `{"metadata":{"name":"app","uid":"v"}}`}, true, "", ""},
		{"an ExternalSecret that is gone", owned, []string{kinds, "missing"}, true, "", ""},
		{"an ExternalSecret of a kind that is gone", owned, []string{"unserved"}, false, "cannot be looked up", ""},
		{"one that may not be read", owned, []string{kinds, "forbidden"}, false, "cannot be looked up: ", ""},
		{"a mark that names nothing", meta(map[string]string{"omni.texashpc.com/secret-sync-uid": "u"}, nil), []string{none}, false, "names no object of this cluster", ""},
	} {
		var answers []http.HandlerFunc
		for _, text := range c.answers {
			switch text {
			case "missing":
				answers = append(answers, missing)
			case "unserved":
				answers = append(answers, unserved)
			case "forbidden":
				answers = append(answers, says(403, statusOf("Forbidden", "no", "")))
			default:
				answers = append(answers, says(200, text))
			}
		}
		client, w := client(t, answers...)
		state := client.Living(t.Context(), c.meta, owner.Strong(c.meta, true))
		if state.Gone != c.gone || !strings.Contains(state.Why, c.why) {
			t.Errorf("%s: %+v", c.name, state)
		}
		if c.asked != "" && !strings.Contains(w.asked[len(w.asked)-1].line, c.asked) {
			t.Errorf("%s: asked %s", c.name, w.asked[len(w.asked)-1].line)
		}
	}
}
