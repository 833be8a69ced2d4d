#!/bin/sh
# A kubeconfig for AKS with the service principal of Spacelift's Azure integration, which
# sets ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID. kubelogin reads these variables
# itself, so that no secret is in the kubeconfig or in arguments, but only with
# --use-azurerm-env-vars: otherwise it looks for AZURE_* and AAD_*. --login spn never
# prompts, unlike kubelogin's default, which waits for somebody to enter a code.
set -eu
umask 077
: "${ARM_CLIENT_ID:?attach the Azure integration to the stack}"
# The CA comes with the stack: asking the cloud for it would take one more permission.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
# The server's id is the same for every AKS cluster.
kubectl config set-credentials "$CLUSTER_NAME" --exec-api-version=client.authentication.k8s.io/v1beta1 \
	--exec-command=kubelogin --exec-arg=get-token --exec-arg=--login --exec-arg=spn --exec-arg=--use-azurerm-env-vars \
	--exec-arg=--server-id --exec-arg=6dae42f8-4368-4678-94ff-3960e28e3630
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
