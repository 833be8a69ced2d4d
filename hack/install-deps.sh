#!/bin/sh
# Installs what the tests need beyond Go, git and make: graphviz, which reads
# the DOT that we write, Node.js with Mermaid's own parser and a certified
# OpenID provider, Chromium, which signs in at that, GNOME's keyring, and fish, zsh and
# bash-completion, in which TAB is pressed.
#
# As root on a machine with apt it installs what is missing. Elsewhere it says
# what is missing, one line for each thing, and exits with 1.
# TESTBED_WITHOUT=dot,node,chromium,gnome-keyring-daemon,zsh,fish leaves things out; the
# tests then skip what they cannot check and say so.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
missing=0

left_out() {
	case ",${TESTBED_WITHOUT:-}," in
	*",$1,"*) return 0 ;;
	*) return 1 ;;
	esac
}

has() { command -v "$1" >/dev/null 2>&1; }

can_apt() { [ "$(id -u)" -eq 0 ] && has apt-get; }

# lacking COMMAND PACKAGE OPT-OUT: installs the package, or says how to.
lacking() {
	if can_apt && apt_install "$2"; then
		return
	fi
	echo "missing: $1 (package $2); install it, for example with: sudo apt-get install $2; or leave it out: TESTBED_WITHOUT=$3" >&2
	missing=1
}

apt_install() {
	echo "installing $1 with apt-get…" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt_quietly install -y --no-install-recommends "$1" ||
		{ apt_quietly update && apt_quietly install -y --no-install-recommends "$1"; }
}

apt_quietly() { apt-get -qq -o=Dpkg::Use-Pty=0 "$@" >/dev/null; }

# packages FOLDER WHAT: installs what the folder's package-lock.json names, once.
packages() {
	installed=$here/$1/node_modules/.installed-lock.json
	if cmp -s "$here/$1/package-lock.json" "$installed"; then
		return
	fi
	echo "installing $2 with npm…" >&2
	if (cd "$here/$1" && npm ci --loglevel=error >/dev/null); then
		cp "$here/$1/package-lock.json" "$installed"
		return
	fi
	echo "missing: the packages of hack/$1; install them with: cd hack/$1 && npm ci; or leave it out: TESTBED_WITHOUT=node" >&2
	missing=1
}

if ! left_out dot; then
	has dot || lacking dot graphviz dot
fi
if ! left_out node; then
	has node || lacking node nodejs node
	has npm || lacking npm npm node
	if has node && has npm; then
		packages mermaid "Mermaid's parser"
		packages oidc 'an OpenID provider'
	fi
fi
if ! left_out chromium; then
	has chromium || lacking chromium chromium chromium
fi
if ! left_out gnome-keyring-daemon; then
	has gnome-keyring-daemon || lacking gnome-keyring-daemon gnome-keyring gnome-keyring-daemon
	has dbus-run-session || lacking dbus-run-session dbus-daemon gnome-keyring-daemon
	has dbus-send || lacking dbus-send dbus-bin gnome-keyring-daemon
fi
if ! left_out zsh; then
	has zsh || lacking zsh zsh zsh
	[ -e /usr/share/bash-completion/bash_completion ] || lacking bash-completion bash-completion zsh
fi
if ! left_out fish; then
	has fish || lacking fish fish fish
fi
exit "$missing"
