package artifact

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// Server serves a store over HTTP on the loopback interface.
type Server struct {
	store Store
	http  *http.Server
}

// Serve makes the folder of a store and serves it on a free port.
func Serve(ctx context.Context, dir string) (*Server, error) {
	if err := private.Dir(dir); err != nil {
		return nil, fmt.Errorf("serve artifacts: %w", err)
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve artifacts: %w", err)
	}
	server := &Server{
		store: Store{Dir: dir, URL: "http://" + listener.Addr().String()},
		http:  &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: 10 * time.Second},
	}
	// Serve returns when Close is called; nothing else ends it.
	go func() { _ = server.http.Serve(listener) }()
	return server, nil
}

// Store returns the store that is served.
func (s *Server) Store() Store { return s.store }

// Close stops serving. The folder stays.
func (s *Server) Close() error {
	if err := s.http.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("stop serving artifacts: %w", err)
	}
	return nil
}
