#!/bin/sh
# A kubeconfig for a project of Datum Cloud. DATUM_CREDENTIALS, a secret variable of
# the stack, holds a service account's key; the kubeconfig holds no secret.
set -eu
umask 077
kubectl datum-creds kubeconfig --project "$DATUM_PROJECT" --stdout > "$KUBECONFIG"
# Fail here, and not in the middle of a plan.
kubectl auth whoami
