#!/bin/sh
# Builds what a release of this commit would have, without the network, without
# signing and without the container image, and checks it.
#
# usage: release-snapshot.sh GORELEASER
set -eu
cd "$(dirname "$0")/.."

if ! git rev-parse --verify --quiet HEAD >/dev/null; then
	echo 'release-snapshot: what it builds is a commit; this is no git checkout' >&2
	exit 1
fi
# goreleaser takes the commit from a checkout only if that has a remote.
if [ -z "$(git remote)" ]; then
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=https://github.com/datum-cloud/kubectl-plugins
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "building for 6 platforms; what no build has cached yet takes 7 minutes on two idle cores; progress: $log"
if ! "$1" release --snapshot --clean --skip=sign,docker >"$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
bin/release manifests
bin/release check
