#!/bin/sh
# Installs binaries into a folder, with the scripts by which kubectl completes them and
# their man pages. Where the Flux CLI is on PATH, kubectl-fluxdeps becomes its plugin
# flux-deps too.
#
# usage: install.sh FOLDER BINARY...
set -eu

pages=$(cd "$(dirname "$0")/../docs/man" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

# install_plugin BINARY
install_plugin() {
	name=$(basename "$1")
	# A running plugin keeps its old file: replace, do not overwrite.
	cp "$1" "$folder/.$name.new"
	mv -f "$folder/.$name.new" "$folder/$name"
	echo "installed $folder/$name"
	if said=$("$folder/$name" completion install --dir "$folder" 2>&1); then
		echo "$said" | grep '^installed '
	else
		echo "$said" >&2
	fi
	mkdir -p "$man"
	cp "$pages/$(echo "$name" | tr _ -)"*.1 "$man/"
}

# link_flux FOLDER: the Flux CLI looks for plugins there, and nowhere else.
link_flux() {
	if [ ! -L "$1/flux-deps" ] && [ -e "$1/flux-deps" ]; then
		echo "warning: $1/flux-deps stays: it is no link, so 'make install' did not create it" >&2
		return
	fi
	case $(readlink "$1/flux-deps" || true) in
	'' | */kubectl-fluxdeps) ;;
	*)
		echo "warning: $1/flux-deps stays: it links another program" >&2
		return
		;;
	esac
	mkdir -p "$1"
	ln -sf "$folder/kubectl-fluxdeps" "$1/flux-deps"
	echo "linked    $1/flux-deps"
}

# man looks for pages beside each bin folder of PATH.
case $folder in
*/bin) man=${folder%/bin}/share/man/man1 ;;
*) man=$folder/man/man1 ;;
esac
for binary in "$@"; do
	install_plugin "$binary"
done
echo "installed $man/*.1"

if command -v flux >/dev/null; then
	flux_plugins=${FLUXCD_PLUGINS:-${HOME:+$HOME/.fluxcd/plugins}}
	if [ -n "$flux_plugins" ]; then
		link_flux "$flux_plugins"
	fi
fi

case ":$PATH:" in
*":$folder:"*) ;;
*) echo "hint: kubectl finds plugins on PATH: add $folder to it" >&2 ;;
esac
