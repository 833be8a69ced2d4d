#!/bin/sh
# Installs binaries into a folder, and links flux-deps, the name under which
# the Flux CLI runs kubectl-fluxdeps; in the folder of the Flux CLI's plugins
# too, where there is one.
#
# usage: install.sh FOLDER BINARY...
set -eu

mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
for binary in "$@"; do
	# A running plugin keeps its old file: replace, do not overwrite.
	cp "$binary" "$folder/.$(basename "$binary").new"
	mv -f "$folder/.$(basename "$binary").new" "$folder/$(basename "$binary")"
	echo "installed $folder/$(basename "$binary")"
	# kubectl asks a link of the plugin for completions.
	if said=$("$folder/$(basename "$binary")" completion install --dir "$folder" 2>&1); then
		echo "$said" | grep '^linked '
	else
		echo "$said" >&2
	fi
done

# link PATH: to fluxdeps, where there is nothing else.
link() {
	case $(readlink "$1" || true) in
	*/kubectl-fluxdeps) ;;
	*)
		if [ -e "$1" ] || [ -L "$1" ]; then
			echo "warning: $1 is there already, and is not a link to kubectl-fluxdeps: it stays" >&2
			return
		fi
		;;
	esac
	ln -sf "$folder/kubectl-fluxdeps" "$1"
	echo "linked    $1"
}

link "$folder/flux-deps"
flux_plugins=${FLUXCD_PLUGINS:-${HOME:-}/.fluxcd/plugins}
if [ -d "$flux_plugins" ]; then
	link "$flux_plugins/flux-deps"
fi

case ":$PATH:" in
*":$folder:"*) ;;
*) echo "hint: kubectl finds plugins on PATH: add $folder to it" >&2 ;;
esac
