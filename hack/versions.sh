#!/bin/sh
# One set of versions for product and tools. Tests and benchmarks are built in the
# workspace, a release is built without it: both must link the product with the
# same modules. Prints each module that differs.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
broken=0

complain() {
	echo "verify: $1" >&2
	broken=1
}

# versions GOWORK FILE: writes each module of a build with its version.
versions() {
	GOWORK=$1 go list -m -f '{{with .Version}}{{$.Path}} {{.}}{{end}}' all >"$2.all"
	sort "$2.all" >"$2"
}

# Other modules than those of go.mod are not linked: a tidy go.mod names all that
# the product and its tests import, on any system.
versions off "$work/release"
versions "$PWD/go.work" "$work/workspace"
join "$work/release" "$work/workspace" >"$work/both"
awk 'NR == FNR { linked[$1]; next } $1 in linked && $2 != $3' go.mod "$work/both" >"$work/differ"
while read -r module release workspace; do
	complain "$module: a release links $release, the workspace $workspace; make go.mod and hack/go.mod agree"
done <"$work/differ"

# required FILE: prints the version of cel-go that a go.mod file requires.
required() { awk '$1 == "github.com/google/cel-go" { print $2 }' "$1"; }

# The product evaluates readyExpr as the controller does that tests compare it with.
product=$(required go.mod) controller=$(required hack/controlplane/flux/go.mod)
[ "$product" = "$controller" ] || complain "cel-go: the product requires $product, kustomize-controller $controller"

# A build in the workspace leaves the files that hold versions as they are.
sums() { cksum go.mod go.sum go.work go.work.sum hack/go.mod hack/go.sum; }
sums >"$work/before"
for module in . hack; do
	(cd "$module" && GOWORK='' go build ./...)
done
sums >"$work/after"
changed=$(diff "$work/before" "$work/after" | awk '/^>/ { print $4 }')
[ -z "$changed" ] || complain "go build ./... changes what is committed: $(echo "$changed" | tr '\n' ' ')"
exit "$broken"
