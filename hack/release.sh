#!/bin/sh
# Builds, signs and drafts the release of a tag, in the workflow that has the
# rights to. Its notes are the tag's part of CHANGELOG.md.
#
# usage: release.sh GORELEASER TAG
set -eu
cd "$(dirname "$0")/.."

notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
go run ./hack/release notes "$2" >"$notes"
"$1" release --clean --release-notes "$notes"
bin/release manifests
bin/release check
