package controlplane

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// pollInterval is how often a server that starts is asked whether it is ready.
const pollInterval = 100 * time.Millisecond

// launch starts a server that envtest does not know. The channel is closed
// when it ends.
func (c *Cluster) launch(name servers.Name, environment []string, args ...string) (<-chan struct{}, error) {
	path, err := c.launcher(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), environment...)
	// A Ctrl-C at the terminal is for us; we stop the servers in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// How it ended is in its log.
		_ = cmd.Wait()
	}()
	return ended, nil
}

// waitFor polls until check succeeds. It gives up when ctx or the patience
// ends, or the server that it waits for does (ended may be nil).
func waitFor(ctx context.Context, what string, ended <-chan struct{}, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w (%w)", what, ctx.Err(), err)
		case <-ended:
			return fmt.Errorf("wait for %s: the server ended", what)
		case <-ticker.C:
		}
	}
}

// freeAddress returns an address on the loopback interface that is free now.
func freeAddress(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// answers checks that an address answers with 200 OK.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", url, response.Status)
		}
		return nil
	}
}
