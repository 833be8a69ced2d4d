#!/bin/sh
# A kubeconfig for GKE with the token that Spacelift's GCP integration makes for each run,
# valid for an hour. It is in a file of its own: arguments can be listed by others, and
# Spacelift keeps the workspace, where KUBECONFIG is, while a run waits for approval.
set -eu
umask 077
# The CA comes with the stack: asking the cloud for it would take one more permission.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
token=$(mktemp)
printf %s "$GOOGLE_OAUTH_ACCESS_TOKEN" > "$token"
kubectl config set "users.$CLUSTER_NAME.tokenFile" "$token"
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
