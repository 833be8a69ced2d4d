#!/bin/sh
# Writes an index that krew can use: a git repository with plugins/*.yaml at its
# root, of the manifests in dist/krew. A repository that is there gets a commit,
# if there is something new. Its users:
#
#   kubectl krew index add datum URL
#   kubectl krew install datum/fluxdeps
#
# usage: krew-index.sh FOLDER
set -eu

index=$1
[ -d "$index/.git" ] || git init --quiet --initial-branch=main "$index"
mkdir -p "$index/plugins"
cp "$(dirname "$0")"/../dist/krew/*.yaml "$index/plugins/"
cd "$index"
git add plugins
if git diff --cached --quiet; then
	echo "$index: nothing new"
	exit
fi
version=$(sed -n 's/^  version: //p' plugins/fluxdeps.yaml)
# Whoever has no identity for git can still look at what would be committed.
[ -n "$(git config user.email)" ] || git config user.email release@localhost
[ -n "$(git config user.name)" ] || git config user.name release
git commit --quiet --message "datum-creds, fluxdeps, secretsync $version"
echo "$index: $version of $(ls plugins | tr '\n' ' ')"
