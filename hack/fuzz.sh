#!/bin/sh
# Fuzzes every fuzz target of the product for a while.
#
# usage: fuzz.sh TIME
set -eu
cd "$(dirname "$0")/.."
export GOWORK=off

git grep -lE '^func Fuzz' -- '*_test.go' | while read -r file; do
	package=./$(dirname "$file")
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file" | while read -r target; do
		echo "== $package $target"
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$1"
	done
done
