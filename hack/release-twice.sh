#!/bin/sh
# Builds what a release of this commit would have twice, from two clones in two
# folders, and fails where a file that would be released differs in a byte.
set -eu
cd "$(dirname "$0")/.."

both=$(mktemp -d)
trap 'rm -rf "$both"' EXIT
for clone in first second-in-a-longer-path; do
	git clone --quiet --local . "$both/$clone"
	make --no-print-directory -C "$both/$clone" release-snapshot >"$both/log" 2>&1 || { cat "$both/log" >&2; exit 1; }
done
cat "$both/log"
for made in checksums.txt krew flux; do
	diff -r "$both/first/dist/$made" "$both/second-in-a-longer-path/dist/$made"
done
echo "built twice, the same to the byte: $(wc -l <"$both/first/dist/checksums.txt") files"
