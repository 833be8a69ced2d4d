package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Collection is where an API server has the objects of one kind.
type Collection struct {
	// Group is empty for the core group.
	Group string
	// Versions are asked for in this order, until the server knows one.
	Versions []string
	Plural   string
	// Namespace is empty for all, and for what has none.
	Namespace string
}

// Named is the name of an object.
type Named struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// acceptNames asks for the metadata of a list alone: no value of a Secret, nor
// any other content, is sent for the names.
const acceptNames = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// maxNames bounds what is read of an answer, in bytes.
const maxNames = 32 << 20

var (
	// ErrForbidden says that the collection may not be listed.
	ErrForbidden = errors.New("may not be listed")
	errNoVersion = errors.New("the server has no such kind")
)

// Names lists the objects of a collection for completion: nobody is asked a
// question for it. See unattended for what that rules out.
func Names(ctx context.Context, config *rest.Config, c Collection) ([]Named, error) {
	config, err := unattended(config)
	if err != nil {
		return nil, err
	}
	client, err := HTTPClient(config)
	if err != nil {
		return nil, err
	}
	host, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	for _, version := range c.Versions {
		names, err := getNames(ctx, client, host.JoinPath(c.path(version)...).String())
		if !errors.Is(err, errNoVersion) {
			return names, err
		}
	}
	return nil, errNoVersion
}

func (c Collection) path(version string) []string {
	path := []string{"apis", c.Group, version}
	if c.Group == "" {
		path = []string{"api", version}
	}
	if c.Namespace != "" {
		path = append(path, "namespaces", c.Namespace)
	}
	return append(path, c.Plural)
}

func getNames(ctx context.Context, client *http.Client, address string) ([]Named, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", acceptNames)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return readNames(io.LimitReader(resp.Body, maxNames))
	case http.StatusNotFound:
		return nil, errNoVersion
	case http.StatusForbidden:
		return nil, ErrForbidden
	}
	return nil, fmt.Errorf("the server answers %s", resp.Status)
}

func readNames(body io.Reader) ([]Named, error) {
	var list struct {
		Items []struct {
			Metadata Named `json:"metadata"`
		} `json:"items"`
	}
	if err := json.NewDecoder(body).Decode(&list); err != nil {
		return nil, err
	}
	names := make([]Named, len(list.Items))
	for i, item := range list.Items {
		names[i] = item.Metadata
	}
	return names, nil
}

// ownHelper is the credential program that answers without a question when it
// is told that nobody is there.
const ownHelper = "kubectl-datum_creds"

var errAttended = errors.New("the kubeconfig's credential program might ask a question")

// unattended returns the config for requests that nobody waits for at a
// prompt. Credential programs other than ours are not run: some open a browser
// or read the terminal whatever they are told.
func unattended(config *rest.Config) (*rest.Config, error) {
	if config.AuthProvider != nil {
		return nil, errAttended
	}
	if config.ExecProvider == nil {
		return config, nil
	}
	if strings.TrimSuffix(filepath.Base(config.ExecProvider.Command), ".exe") != ownHelper {
		return nil, errAttended
	}
	config = rest.CopyConfig(config)
	config.ExecProvider.InteractiveMode = clientcmdapi.NeverExecInteractiveMode
	config.ExecProvider.StdinUnavailable = true
	return config, nil
}
