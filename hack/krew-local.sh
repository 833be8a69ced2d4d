#!/bin/sh
# Installs what is in dist/ into a new folder as krew does, and has kubectl find
# and run it.
#
# usage: krew-local.sh FOLDER
set -eu

root=$1
cd "$(dirname "$0")/.."
bin/release krew-local "$root"
kubectl=$(go run ./hack/devcluster servers --kubectl | tail -1)
# The plugins' folder alone: others that the user has are no business of ours.
PATH=$(cd "$root/bin" && pwd)
"$kubectl" plugin list
for plugin in datum-creds fluxdeps secretsync; do
	"$kubectl" "$plugin" version
done
