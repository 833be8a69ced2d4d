package manifest

import (
	"strings"
	"testing"
)

// TestRaw: a document with a status is kept where a readyExpr needs it, and
// only there. One without a status has nothing to evaluate it on.
func TestRaw(t *testing.T) {
	const status = "status: {observedGeneration: 1}\n"
	expr := func(name, on string) string {
		return ks + "metadata: {name: " + name + "}\nspec: {sourceRef: {}, dependsOn: [{name: " + on + ", readyExpr: 'true'}]}\n"
	}
	dir := write(t, "-- a.yaml --\n"+object("base")+status+"---\n"+object("other")+status+"---\n"+expr("app", "base")+status+
		"---\n"+object("tree")+"---\n"+expr("leaf", "tree"))
	var kept []string
	for _, o := range read(t, dir).Objects {
		if o.Raw != nil {
			kept = append(kept, o.Name)
		}
	}
	if got := strings.Join(kept, " "); got != "base app" {
		t.Errorf("kept %s", got)
	}
}
