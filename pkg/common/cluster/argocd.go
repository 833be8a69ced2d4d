package cluster

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// argoProgram gets the tokens of EKS, GKE and AKS for Argo CD. It is part of Argo
	// CD's image, and needs the cloud identity of the Pod that runs it.
	argoProgram = "argocd-k8s-auth"
	// argoInCluster is the server of the cluster that Argo CD itself runs in
	// (argo-cd pkg/apis/application/v1alpha1, KubernetesInternalAPIServerAddr).
	argoInCluster = "https://kubernetes.default.svc"
)

// argoAWS is awsAuthConfig in Argo CD's cluster Secrets.
type argoAWS struct {
	ClusterName string `json:"clusterName"`
	RoleARN     string `json:"roleARN"`
	Profile     string `json:"profile"`
}

// login returns the program that gets the entry's credentials, nil if there is none.
// awsAuthConfig stands for the call that Argo CD makes of it
// (argo-cd pkg/apis/application/v1alpha1, Cluster.RawRestConfig).
func (c argoConfig) login() *argoExec {
	if c.AWSAuth == nil {
		return c.ExecProvider
	}
	args := []string{"aws", "--cluster-name", c.AWSAuth.ClusterName}
	for _, flag := range []struct{ name, value string }{{"--role-arn", c.AWSAuth.RoleARN}, {"--profile", c.AWSAuth.Profile}} {
		if flag.value != "" {
			args = append(args, flag.name, flag.value)
		}
	}
	return &argoExec{Command: argoProgram, Args: args, APIVersion: "client.authentication.k8s.io/v1beta1"}
}

// ArgoError is a cluster entry of Argo CD that only Argo CD itself can use as it is. It
// quotes nothing of the entry.
type ArgoError struct {
	name, reason, hint string
	// Selected is true if labels selected the entry and its name was not given. Argo CD
	// labels all entries alike, so that one is skipped and fails nothing.
	Selected bool
}

// Error returns the entry's name and the reason.
func (e *ArgoError) Error() string { return e.name + ": " + e.reason }

// Reason returns what keeps others from using the entry.
func (e *ArgoError) Reason() string { return e.reason }

// Hint names the flag that targets the cluster all the same.
func (e *ArgoError) Hint() string { return e.hint }

// argoOnly returns an error if only Argo CD can use the cluster entry, nil for all other
// entries and for Secrets in other forms. Programs of entries that are given by name are
// left to vet.
func argoOnly(name string, data map[string][]byte, key string, selected bool, allowed []Allowance) *ArgoError {
	if key != "" || !isArgo(data) {
		return nil
	}
	if strings.TrimSuffix(string(data["server"]), "/") == argoInCluster {
		return &ArgoError{name, "it is the cluster that Argo CD runs in, whose entry is of use there alone", "--to-in-cluster or --to-context=NAME targets that cluster", selected}
	}
	argo, err := parseArgo(data)
	if err != nil {
		return nil //nolint:nilerr // whoever uses the entry says what is wrong with it
	}
	login, runs := argo.login(), slices.Contains(allowed, AllowExec)
	if login == nil || filepath.Base(login.Command) != argoProgram || !runs && !selected {
		return nil
	}
	if !runs {
		return &ArgoError{name, "its login runs a program of Argo CD, " + argoProgram, fmt.Sprintf("--%s=%s runs it where it is on PATH; whoever can write the Secret then decides what runs", AllowFlag, AllowExec), selected}
	}
	if _, err := exec.LookPath(login.Command); err != nil {
		return &ArgoError{name, "its login runs " + argoProgram + ", which is not on PATH", "use an image that has Argo CD's " + argoProgram, selected}
	}
	return nil
}
