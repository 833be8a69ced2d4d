// Package oidc runs a certified OpenID provider on this machine, laid out as
// Datum's is: see hack/oidc.
package oidc

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// ClientID is the client for command line programs.
const ClientID = "cli"

// ErrNotInstalled says that the provider's packages are missing.
var ErrNotInstalled = errors.New("the packages of hack/oidc are missing; install them with hack/install-deps.sh")

// Options says what kind of provider to run.
type Options struct {
	// Node is the path of Node.js.
	Node        string
	Certificate Certificate
	// Audience is whom access tokens are for.
	Audience string
	// Life is how long they live.
	Life     time.Duration
	Accounts []Account
	// Log is where the provider complains to.
	Log io.Writer
}

// Provider is a provider that runs.
type Provider struct {
	// Issuer is its URL.
	Issuer string
	input  io.Closer
	cmd    *exec.Cmd
}

// Start starts a provider, which ends with Close, or with this process.
func Start(ctx context.Context, options Options) (*Provider, error) {
	root, err := checkout.Root("")
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "hack", "oidc")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "oidc-provider")); err != nil {
		return nil, ErrNotInstalled
	}
	cmd := exec.CommandContext(ctx, options.Node, filepath.Join(dir, "server.mjs"))
	cmd.Stderr = options.Log
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the OpenID provider: %w", err)
	}
	p := &Provider{input: input, cmd: cmd}
	if err := p.greet(input, output, options); err != nil {
		return nil, errors.Join(fmt.Errorf("start the OpenID provider: %w", err), p.Close())
	}
	return p, nil
}

func (p *Provider) greet(input io.Writer, output io.Reader, options Options) error {
	settings := map[string]any{
		"cert": options.Certificate.CertFile, "key": options.Certificate.KeyFile, "audience": options.Audience,
		"life": int(options.Life.Seconds()), "accounts": options.Accounts,
	}
	if err := json.NewEncoder(input).Encode(settings); err != nil {
		return err
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		return err
	}
	var said struct{ Issuer string }
	err = json.Unmarshal(line, &said)
	p.Issuer = said.Issuer
	return err
}

// Close ends the provider.
func (p *Provider) Close() error {
	err := p.input.Close()
	_ = p.cmd.Wait() // it ends as it was told to
	return err
}
