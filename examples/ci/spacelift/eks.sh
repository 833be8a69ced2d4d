#!/bin/sh
# A kubeconfig for EKS. Spacelift's AWS integration sets the credentials of a role, and no
# region; the access entry of that role in the cluster grants its rights. aws makes a
# new token, valid for a quarter of an hour, whenever one is needed.
set -eu
umask 077
# The CA comes with the stack: asking the cloud for it would take one more permission.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
kubectl config set-credentials "$CLUSTER_NAME" --exec-api-version=client.authentication.k8s.io/v1beta1 \
	--exec-command=aws --exec-arg=--region --exec-arg="$AWS_REGION" --exec-arg=eks --exec-arg=get-token \
	--exec-arg=--cluster-name --exec-arg="$CLUSTER_NAME" --exec-arg=--output --exec-arg=json
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
