#!/bin/sh
# Installs what is in dist/ with krew into a root of its own, and has kubectl find and
# run it.
#
# usage: krew-local.sh KREW_ROOT
set -eu

mkdir -p "$1"
KREW_ROOT=$(cd "$1" && pwd)
export KREW_ROOT KREW_NO_UPGRADE_CHECK=1
cd "$(dirname "$0")/.."
dist=$PWD/dist
platform=$(go env GOOS)_$(go env GOARCH)

# kubectl finds krew and its plugins on PATH: those of the user are not used.
tools=$(mktemp -d)
rm=$(command -v rm)
trap '"$rm" -rf "$tools"' EXIT
paths=$(go run ./hack/devcluster servers kubectl krew)
ln -s "$(echo "$paths" | sed -n 1p)" "$tools/kubectl"
ln -s "$(echo "$paths" | sed -n 2p)" "$tools/kubectl-krew"
ln -s "$(command -v git)" "$tools/git" # krew wants it
PATH=$KREW_ROOT/bin:$tools

for plugin in datum-creds fluxdeps secretsync; do
	for archive in "$dist/${plugin}"_*_"$platform".*; do
		case $archive in
		*.tar.gz | *.zip) kubectl krew install --manifest="$dist/krew/$plugin.yaml" --archive="$archive" </dev/null ;;
		esac
	done
done
for plugin in datum-creds fluxdeps secretsync; do
	kubectl "$plugin" version
done
