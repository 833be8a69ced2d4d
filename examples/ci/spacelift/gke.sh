#!/bin/sh
# A kubeconfig for GKE with the token that Spacelift's GCP integration makes for
# each run. It is in a file of its own, not in arguments, which others can list;
# it lives for an hour, as long as no run should take.
set -eu
umask 077
# The authority comes with the stack: asking the cloud for it would take a
# permission more.
ca=$(mktemp)
printf %s "$CLUSTER_CA" | base64 -d > "$ca"
kubectl config set-cluster "$CLUSTER_NAME" --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs
rm "$ca"
printf %s "$GOOGLE_OAUTH_ACCESS_TOKEN" > "$KUBECONFIG.token"
kubectl config set "users.$CLUSTER_NAME.tokenFile" "$KUBECONFIG.token"
kubectl config set-context "$CLUSTER_NAME" --cluster="$CLUSTER_NAME" --user="$CLUSTER_NAME"
kubectl config use-context "$CLUSTER_NAME"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
