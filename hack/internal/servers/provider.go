package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// assetsVariable is the variable that setup-envtest users have.
const assetsVariable = "KUBEBUILDER_ASSETS"

// Provider finds servers, and builds those that are not there.
type Provider struct {
	root     string
	cache    string
	progress io.Writer
}

// New returns a provider for the checkout around the current folder, which
// tells progress about every build.
func New(progress io.Writer) (*Provider, error) {
	root, err := checkout.Root("")
	if err != nil {
		return nil, err
	}
	cache, err := prepareCache()
	if err != nil {
		return nil, err
	}
	return &Provider{root: root, cache: cache, progress: progress}, nil
}

// Ensure returns where the named servers are. What is missing is built;
// nothing else is.
func (p *Provider) Ensure(ctx context.Context, names ...Name) (Paths, error) {
	paths := Paths{}
	for _, name := range names {
		path, err := p.ensure(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("provide %s: %w", name, err)
		}
		paths[name] = path
	}
	return paths, nil
}

func (p *Provider) ensure(ctx context.Context, name Name) (string, error) {
	path, err := existing(name)
	if err != nil || path != "" {
		return path, err
	}
	return p.fromCache(ctx, name)
}

// existing finds a server that the user brings along.
func existing(name Name) (string, error) {
	if path, err := fromAssets(name, os.Getenv(assetsVariable)); err != nil || path != "" {
		return path, err
	}
	if name != Kubectl {
		return "", nil
	}
	path, err := exec.LookPath("kubectl")
	if err != nil {
		return "", nil //nolint:nilerr // No kubectl on PATH is not a failure: one is built.
	}
	return filepath.Abs(path)
}

// fromAssets looks into the folder of setup-envtest, which holds etcd and
// kube-apiserver always, kubectl mostly, and nothing else.
func fromAssets(name Name, dir string) (string, error) {
	if dir == "" || (name != Etcd && name != APIServer && name != Kubectl) {
		return "", nil
	}
	path, err := filepath.Abs(filepath.Join(dir, string(name)))
	if err != nil {
		return "", err
	}
	_, err = os.Stat(path)
	if errors.Is(err, os.ErrNotExist) && name == Kubectl {
		return "", nil
	}
	if err != nil {
		return "", failure.New(failure.BadInput, "unset "+assetsVariable, "%s is set, but %w", assetsVariable, err)
	}
	return path, nil
}
