#!/bin/sh
# Builds, signs and drafts the release of a tag, in the workflow that has the
# rights to. Its notes are the tag's part of CHANGELOG.md.
#
# usage: release.sh GORELEASER TAG
set -eu
cd "$(dirname "$0")/.."

# What was published is never replaced, not even by the same.
if [ "$(gh release view "$2" --json isDraft --jq .isDraft 2>/dev/null)" = false ]; then
	echo "release: $2 is published already" >&2
	exit 1
fi
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
go run ./hack/release notes "$2" >"$notes"
"$1" release --clean --release-notes "$notes"
bin/release manifests
bin/release check
