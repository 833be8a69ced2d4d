#!/bin/sh
# Rules that no linter knows. Each prints what breaks it.
set -eu
cd "$(dirname "$0")/.."
broken=0

# rule NAME PATTERN PATH...: no tracked file below the paths may match.
rule() {
	name=$1 pattern=$2
	shift 2
	if git grep -nE "$pattern" -- "$@" ':!hack/verify.sh'; then
		echo "verify: $name" >&2
		broken=1
	fi
}

rule 'one place exits: cli.Run' 'os\.Exit\(' 'pkg/**/*.go' 'plugins/*/internal/**/*.go' ':!pkg/common/cli/plugin.go' ':!*_test.go'
rule 'nothing prints past the streams of the command' 'fmt\.Print|os\.Std(out|err|in)\b' 'pkg/**/*.go' 'plugins/*/internal/**/*.go' ':!pkg/common/cli/plugin.go' ':!*_test.go'
rule 'a skipped test says why' 't\.Skip\(\)|t\.SkipNow\(\)' '*.go'
rule 'nothing is left for later' '\b(TODO|FIXME|XXX)\b' '*.go' '*.sh' Makefile
rule 'no package is called after nothing' '^package (util|utils|helper|helpers|misc)$' '*.go'
rule 'no credential in the repository' 'BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{20,}\.' .
rule 'go install names the program of datum-creds so that kubectl does not find it' 'go install [^ ]*kubectl-datum-creds' '*.md' '*.yaml' '*.yml' '*.go' '*.sh'
rule 'lock files name no registry' '"resolved": *"http' '*package-lock.json'

# What was built is no source: it stays in history for ever, and nobody reviews it.
built() {
	git ls-files | while read -r path; do
		[ -f "$path" ] && [ ! -L "$path" ] || continue
		[ "$(wc -c <"$path")" -le 1048576 ] || echo "verify: $path is larger than 1 MiB"
		case $(head -c 4 "$path" | od -An -tx1 | tr -d ' \n') in # ELF, PE, Mach-O
		7f454c46 | 4d5a??00 | feedfac[ef] | c[ef]faedfe | cafebabe) echo "verify: $path is an executable image" ;;
		esac
	done
}
found=$(built)
if [ -n "$found" ]; then
	echo "$found" >&2
	broken=1
fi

hack/versions.sh || broken=1

for script in $(git ls-files '*.sh' .ci/run); do
	if ! bash -n "$script"; then broken=1; fi
done
exit "$broken"
