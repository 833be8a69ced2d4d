#!/bin/sh
# A kubeconfig for AKS with the managed identity of a private worker: there is no
# secret at all. AZURE_CLIENT_ID chooses among several identities.
set -eu
umask 077
# The CA comes with the stack: asking the cloud for it would take one more permission.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
set -- --exec-arg=get-token --exec-arg=--login --exec-arg=msi \
	--exec-arg=--server-id --exec-arg=6dae42f8-4368-4678-94ff-3960e28e3630
if [ -n "${AZURE_CLIENT_ID:-}" ]; then
	set -- "$@" --exec-arg=--client-id --exec-arg="$AZURE_CLIENT_ID"
fi
kubectl config set-credentials "$CLUSTER_NAME" --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-command=kubelogin "$@"
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
