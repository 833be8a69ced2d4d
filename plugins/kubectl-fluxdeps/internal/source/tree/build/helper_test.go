package build_test

import "sigs.k8s.io/kustomize/api/types"

func selector(namespace string) *types.Selector {
	s := &types.Selector{}
	s.Kind, s.Namespace = "Kustomization", namespace
	return s
}
