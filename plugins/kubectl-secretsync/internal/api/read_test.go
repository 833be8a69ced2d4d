package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// TestPatience: reads are repeated as the server asks or ever later, a while;
// writes are not repeated here.
func TestPatience(t *testing.T) {
	busy := says(429, statusOf("TooManyRequests", "busy", ""), "Retry-After", "7")
	fine := says(200, `{"kind":"Secret","metadata":{"name":"s"}}`)
	c, w := client(t, busy, says(500, "{}"), says(503, "{}"), fine)
	if _, err := c.Secret(t.Context(), "n", "s"); err != nil || fmt.Sprint(w.waits) != "[7s 400ms 800ms]" {
		t.Errorf("%v, waits %v", err, w.waits)
	}
	c, w = client(t, says(500, "{}"))
	if _, err := c.Secret(t.Context(), "n", "s"); err == nil || len(w.asked) != readAttempts {
		t.Errorf("%v after %d attempts", err, len(w.asked))
	}
	c, w = client(t, says(500, "{}"))
	if _, err := c.Remake(t.Context(), secret.NewFingerprinter(), plan.Place{Namespace: "n", Name: "s"}, &secret.Content{}, nil, false); err == nil || len(w.asked) != 1 {
		t.Errorf("a write was tried %d times: %v", len(w.asked), err)
	}
	if waits := []time.Duration{Wait(0, &Error{}), Wait(3, &Error{}), Wait(99, &Error{})}; fmt.Sprint(waits) != "[200ms 1.6s 5s]" {
		t.Errorf("%v", waits)
	}
}

// TestList: page after page, anew where the list is gone, and whole or not at all.
func TestList(t *testing.T) {
	page := func(next string, names ...string) http.HandlerFunc {
		var items []string
		for _, name := range names {
			items = append(items, `{"metadata":{"name":"`+name+`"}}`)
		}
		return says(200, `{"kind":"SecretList","metadata":{"continue":"`+next+`"},"items":[`+strings.Join(items, ",")+`]}`)
	}
	expired := says(410, statusOf("Expired", "the provided continue parameter is too old", ""))
	c, w := client(t, page("x", "a", "b"), expired, page("y", "a"), page("", "c"))
	found, err := c.List(t.Context(), "n", "fleet=all")
	if err != nil || len(found) != 2 || found[0].Meta.Name != "a" || found[1].Meta.Name != "c" {
		t.Errorf("%d Secrets, %v", len(found), err)
	}
	if first, again := w.asked[0].line, w.asked[2].line; first != again || !strings.Contains(first, "labelSelector=fleet%3Dall&limit=50") || !strings.Contains(w.asked[1].line, "continue=x") {
		t.Errorf("%+v", w.asked)
	}
	for name, answers := range map[string][]http.HandlerFunc{
		"fails later":         {page("x", "a"), says(403, statusOf("Forbidden", "no", ""))},
		"gone for good":       {expired},
		"not a list":          {says(200, `{"kind":"Status"}`)},
		"of other things":     {says(200, `{"kind":"PodList","items":[]}`)},
		"a Secret of no name": {says(200, `{"kind":"SecretList","items":[{}]}`)},
	} {
		c, _ := client(t, answers...)
		if found, err := c.List(t.Context(), "n", ""); err == nil || found != nil {
			t.Errorf("%s: %d Secrets, %v", name, len(found), err)
		}
	}
	c, w = client(t, says(200, `{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"a","namespace":"m"}}]}`))
	metas, err := c.ListMeta(t.Context(), "", "a=b")
	if err != nil || len(metas) != 1 || metas[0].Namespace != "m" || !strings.HasPrefix(w.asked[0].line, "GET /api/v1/secrets?") || !strings.Contains(w.asked[0].header.Get("Accept"), "as=PartialObjectMetadataList") {
		t.Errorf("%+v, %v, %+v", metas, err, w.asked)
	}
}

// TestAListThatNeverEnds is read no further than its bounds, in size and in time.
func TestAListThatNeverEnds(t *testing.T) {
	page := func(filler int) http.HandlerFunc {
		return says(200, `{"kind":"PartialObjectMetadataList","metadata":{"continue":"x"},"items":[{"metadata":{"name":"a","annotations":{"b":"`+strings.Repeat("x", filler)+`"}}}]}`)
	}
	c, w := client(t, page(maxMetaPage/2))
	if _, err := c.ListMeta(t.Context(), "n", ""); err == nil || err.Error() != secret.ErrTooMany.Error() || len(w.asked) > 2*maxMetaList/maxMetaPage {
		t.Errorf("%v after %d pages", err, len(w.asked))
	}
	many := strings.TrimSuffix(strings.Repeat(`{"metadata":{"name":"a"}},`, 10*pageSize), ",")
	c, w = client(t, says(200, `{"kind":"PartialObjectMetadataList","metadata":{"continue":"x"},"items":[`+many+`]}`))
	if _, err := c.ListMeta(t.Context(), "n", ""); err == nil || err.Error() != secret.ErrTooMany.Error() || len(w.asked) != maxItems/(10*pageSize)+1 {
		t.Errorf("%v after %d pages", err, len(w.asked))
	}
	owned := strings.TrimSuffix(strings.Repeat(`{"metadata":{"name":"a","ownerReferences":[`+strings.Repeat(`{},`, 499)+`{}]}},`, 10*pageSize), ",")
	c, w = client(t, says(200, `{"kind":"PartialObjectMetadataList","metadata":{"continue":"x"},"items":[`+owned+`]}`))
	if _, err := c.ListMeta(t.Context(), "n", ""); err == nil || err.Error() != secret.ErrTooMany.Error() || len(w.asked) > 4 {
		t.Errorf("%v after %d pages", err, len(w.asked))
	}
	c, w = client(t, page(maxMetaPage))
	if _, err := c.ListMeta(t.Context(), "n", ""); err == nil || len(w.asked) != 1 {
		t.Errorf("%v after %d pages", err, len(w.asked))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	c, _ = client(t, page(0))
	if _, err := c.ListMeta(ctx, "n", ""); AsError(err).Problem().Kind != plan.KindTimeout {
		t.Errorf("%v", err)
	}
}

// TestAWaitThatIsTooLong is not waited for: the time is over by then.
func TestAWaitThatIsTooLong(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, w := client(t, says(503, "{}", "Retry-After", "86400"))
	if _, err := c.Secret(ctx, "n", "s"); err == nil || len(w.waits) > 0 || len(w.asked) != 1 {
		t.Errorf("%v, waits %v", err, w.waits)
	}
}

// TestPaths: no name leads out of its place in a path.
func TestPaths(t *testing.T) {
	c, w := client(t, says(200, `{}`))
	for _, name := range []string{"..", ".", "a/b", "a%2fb", ""} {
		if _, err := c.Secret(t.Context(), name, "s"); !errors.Is(err, errPath) && name != "" {
			t.Errorf("namespace %q: %v", name, err)
		}
		if _, err := c.Secret(t.Context(), "n", name); !errors.Is(err, errPath) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	for _, one := range w.asked {
		if one.line != "GET /api/v1/secrets" {
			t.Errorf("asked: %s", one.line)
		}
	}
}

// TestNamespaceAndPermissions: what is not said plainly is unknown.
func TestNamespaceAndPermissions(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		state  plan.NamespaceState
		uid    string
	}{
		"there":     {says(200, `{"metadata":{"name":"n","uid":"u"}}`), plan.NamespaceThere, "u"},
		"ending":    {says(200, `{"metadata":{"name":"n","uid":"u","deletionTimestamp":"2026-01-01T00:00:00Z"}}`), plan.NamespaceEnding, "u"},
		"missing":   {says(404, statusOf("NotFound", "no", "")), plan.NamespaceMissing, ""},
		"forbidden": {says(403, statusOf("Forbidden", "no", "")), plan.NamespaceUnknown, ""},
		"web 404":   {says(404, "no"), plan.NamespaceUnknown, ""},
		"garbage":   {says(200, `[]`), plan.NamespaceUnknown, ""},
	} {
		client, _ := client(t, c.answer)
		if state, uid := client.Namespace(t.Context(), "n"); state != c.state || uid != c.uid {
			t.Errorf("namespace %s: %v %q", name, state, uid)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   plan.Access
	}{
		"allowed": {says(201, `{"kind":"SelfSubjectAccessReview","status":{"allowed":true}}`), plan.Allowed},
		"denied":  {says(201, `{"kind":"SelfSubjectAccessReview","status":{}}`), plan.Denied},
		"unsure":  {says(201, `{"kind":"SelfSubjectAccessReview","status":{"evaluationError":"x"}}`), plan.Unknown},
		"no API":  {says(404, "x"), plan.Unknown},
		"other":   {says(201, `{}`), plan.Unknown},
	} {
		client, w := client(t, c.answer)
		if got := client.May(t.Context(), "create", "secrets", "n", ""); got != c.want || len(w.asked) != 1 {
			t.Errorf("%s: %v after %d requests", name, got, len(w.asked))
		}
	}
}
