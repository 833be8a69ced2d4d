#!/bin/sh
# A kubeconfig for AKS with a service principal. Spacelift's Azure integration, or
# secret variables of the stack, hold AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and
# AZURE_TENANT_ID; kubelogin reads them itself, so that no secret is in the
# kubeconfig or in arguments. --login spn never asks a question, where kubelogin's
# default would wait for somebody to type a code.
set -eu
umask 077
# The authority comes with the stack: asking the cloud for it would take a
# permission more.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
# The server's id is the same for every AKS cluster.
kubectl config set-credentials "$CLUSTER_NAME" --exec-api-version=client.authentication.k8s.io/v1beta1 \
	--exec-command=kubelogin --exec-arg=get-token --exec-arg=--login --exec-arg=spn \
	--exec-arg=--server-id --exec-arg=6dae42f8-4368-4678-94ff-3960e28e3630
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
