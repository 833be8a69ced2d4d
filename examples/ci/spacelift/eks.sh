#!/bin/sh
# A kubeconfig for EKS. Spacelift's AWS integration puts the credentials of a role
# into the environment; what that role may do in the cluster, its access entry says.
# aws makes tokens of a quarter of an hour, anew whenever one is needed.
set -eu
umask 077
# The authority comes with the stack: asking the cloud for it would take a
# permission more.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
kubectl config set-credentials "$CLUSTER_NAME" --exec-api-version=client.authentication.k8s.io/v1beta1 \
	--exec-command=aws --exec-arg=eks --exec-arg=get-token --exec-arg=--output --exec-arg=json \
	--exec-arg=--cluster-name --exec-arg="$CLUSTER_NAME"
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
