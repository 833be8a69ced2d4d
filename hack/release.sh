#!/bin/sh
# Builds, signs and drafts the release of a tag, in the workflow that has the
# rights to. Its notes are the tag's part of CHANGELOG.md.
#
# usage: release.sh GORELEASER TAG
set -eu
goreleaser=$1
cd "$(dirname "$0")/.."

# What was published is never replaced, not even by the same.
if said=$(gh release view "$2" --json isDraft --jq .isDraft 2>&1); then
	if [ "$said" != true ]; then
		echo "release: $2 is published already" >&2
		exit 1
	fi
elif [ "$said" != 'release not found' ]; then
	echo "release: whether $2 is published cannot be told: $said" >&2
	exit 1
fi
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
go run ./hack/release notes "$2" >"$notes"
build() {
	"$goreleaser" release --clean --release-notes "$notes" "$@"
	bin/release manifests
	bin/release check
}
# Checked before anything leaves: an image cannot be taken back. The second
# build has the same bytes.
build --skip=publish,sign,docker
build
