package controlplane

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// User is somebody with limited rights.
type User struct {
	// Name is the user's name and the name of the context in the kubeconfig.
	Name string
	// Groups are the user's groups.
	Groups []string
	// Namespace limits the rules to one namespace, which is also the one of
	// the context; without it, they hold everywhere.
	Namespace string
	// Rules is all that the user may do, besides what everybody may.
	Rules []rbacv1.PolicyRule
}

// AddUser makes a user known to the cluster, grants the rules, and returns
// the path of the user's kubeconfig.
func (c *Cluster) AddUser(ctx context.Context, user User) (kubeconfig string, err error) {
	made, err := c.env.AddUser(envtest.User{Name: user.Name, Groups: user.Groups}, nil)
	if err != nil {
		return "", fmt.Errorf("add user %s to cluster %s: %w", user.Name, c.Name(), err)
	}
	if err := c.grant(ctx, user); err != nil {
		return "", fmt.Errorf("grant user %s rights in cluster %s: %w", user.Name, c.Name(), err)
	}
	dir := c.dir("users")
	if err := private.Dir(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, url.PathEscape(user.Name)+".kubeconfig")
	return path, writeKubeconfig(path, kubeconfigFor(c.Name(), user, made.Config()))
}

func (c *Cluster) grant(ctx context.Context, user User) error {
	if len(user.Rules) == 0 {
		return nil
	}
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return err
	}
	meta := metav1.ObjectMeta{GenerateName: "test-user-", Namespace: user.Namespace}
	subjects := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user.Name}}
	if user.Namespace != "" {
		role, err := client.RbacV1().Roles(user.Namespace).Create(ctx, &rbacv1.Role{ObjectMeta: meta, Rules: user.Rules}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name}
		_, err = client.RbacV1().RoleBindings(user.Namespace).Create(ctx, &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}, metav1.CreateOptions{})
		return err
	}
	role, err := client.RbacV1().ClusterRoles().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: meta, Rules: user.Rules}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name}
	_, err = client.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}, metav1.CreateOptions{})
	return err
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}
