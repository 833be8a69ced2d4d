package controlplane

import (
	"context"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// startControllerManager starts kube-controller-manager, which signs
// certificates, deletes namespaces, collects garbage, and gives namespaces
// their service accounts.
func (c *Cluster) startControllerManager(context.Context) error {
	if err := private.WriteFile(c.dir("certs/serving-ca.crt"), c.config.CAData); err != nil {
		return fmt.Errorf("write the serving CA: %w", err)
	}
	if err := newSigner(c.Name(), c.dir("certs/signer.crt"), c.dir("certs/signer.key")); err != nil {
		return err
	}
	_, err := c.launch(servers.ControllerManager, nil,
		"--kubeconfig="+c.kubeconfig,
		"--root-ca-file="+c.dir("certs/serving-ca.crt"),
		"--service-account-private-key-file="+c.dir("certs/sa-signer.key"),
		"--cluster-signing-cert-file="+c.dir("certs/signer.crt"),
		"--cluster-signing-key-file="+c.dir("certs/signer.key"),
		"--leader-elect=false",
		// It serves only metrics and health, which nobody asks for here.
		"--secure-port=0",
		"--kube-api-qps=200",
		"--kube-api-burst=400",
	)
	return err
}

// trustSigner makes the API server accept the certificates that
// kube-controller-manager signs. envtest keeps the key of its client CA to
// itself, so that the signer has another one; the API server reads the file
// again when it changes.
func (c *Cluster) trustSigner(context.Context) error {
	const clientCA = "certs/client-cert-auth-ca.crt"
	var bundle []byte
	for _, name := range []string{clientCA, "certs/signer.crt"} {
		content, err := os.ReadFile(c.dir(name))
		if err != nil {
			return fmt.Errorf("trust the signer of certificates: %w", err)
		}
		bundle = append(bundle, content...)
	}
	if err := private.WriteFile(c.dir(clientCA), bundle); err != nil {
		return fmt.Errorf("trust the signer of certificates: %w", err)
	}
	return nil
}

// waitForDefaults waits for the work that tells that the controllers run.
func (c *Cluster) waitForDefaults(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return err
	}
	return waitFor(ctx, "the default service account", nil, func(ctx context.Context) error {
		_, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
}

// ensureNamespace creates a namespace that may be there already.
func (c *Cluster) ensureNamespace(ctx context.Context, name string) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Namespaces().Create(ctx, namespace(name), metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return nil
}
