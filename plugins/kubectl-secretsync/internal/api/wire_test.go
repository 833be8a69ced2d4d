package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// wire is a server of scripted answers, and what it was asked.
type wire struct {
	mu      sync.Mutex
	asked   []asked
	answers []http.HandlerFunc
	waits   []time.Duration
}

type asked struct {
	line   string
	header http.Header
	body   string
}

// ServeHTTP gives the next answer; the last one stays.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.asked = append(w.asked, asked{r.Method + " " + r.URL.String(), r.Header, string(body)})
	answer := w.answers[0]
	if len(w.answers) > 1 {
		w.answers = w.answers[1:]
	}
	w.mu.Unlock()
	answer(rw, r)
}

// client asks a server that gives the answers.
func client(t *testing.T, answers ...http.HandlerFunc) (*Client, *wire) {
	t.Helper()
	w := &wire{answers: answers}
	server := httptest.NewTLSServer(w)
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL, BearerToken: "t", UserAgent: "test", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	scrub := &secret.Scrubber{}
	scrub.Add(map[string]secret.Value{"k": secret.NewValue([]byte("the-value"))})
	c, err := New(cluster.Member{Name: "m", Config: config}, scrub, func(ctx context.Context, wait time.Duration) error {
		w.waits = append(w.waits, wait)
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, w
}

// says answers with a code, headers NAME, VALUE, …, and JSON.
func says(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func statusOf(reason, message, details string) string {
	return fmt.Sprintf(`{"kind":"Status","reason":%q,"message":%q,"details":{%s}}`, reason, message, details)
}
