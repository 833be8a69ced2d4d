#!/bin/bash
# What the plugins do, on real servers: `make demo`.
#
# Needs Go and git. It uses a cluster and files of its own, and removes them
# however it ends.
set -euo pipefail
cd "$(dirname "$0")/.."

# rollout_patience is how many seconds the example may take to become ready;
# it needs about 20.
readonly rollout_patience=180

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

main() {
	prepare
	show_files
	start_cluster
	roll_out
	break_a_link
	mend_it
	copy_a_secret
}

# prepare makes a place for all that is built and started. Should even the
# clean-up be killed, the cluster goes with the process it is owned by.
prepare() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/demo.XXXXXX")
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	trap 'exit 141' PIPE
	export DEVCLUSTER_STATE=$work/state DEVCLUSTER_OWNER=$$
	export PATH=$work/bin:$PATH
	unset KUBECONFIG
	say 'Build the plugin'
	run patiently go build -o "$work/bin/kubectl-fluxdeps" ./plugins/kubectl-fluxdeps
}

# clean_up is not to be stopped half-way: not by another Ctrl-C, and not by a
# reader that is gone.
clean_up() {
	set +e
	trap '' INT TERM HUP PIPE
	say 'Stop and remove everything that was started' 2>/dev/null
	[ -z "${ticker:-}" ] || kill "$ticker"
	go run ./hack/devcluster down >/dev/null
	rm -rf "$work"
}

show_files() {
	say 'What waits for what, from the files alone: no cluster is asked'
	fluxdeps graph -f examples/activity/base
	say 'The same for a Markdown page (GitHub draws it)'
	fluxdeps graph -f examples/activity/base -o mermaid
}

start_cluster() {
	say 'Start a cluster with Flux (the first time, its servers are built: about ten minutes)'
	run go run ./hack/devcluster up --flux | tee "$work/up.txt"
	eval "$(grep '^export KUBECONFIG=' "$work/up.txt")"
	if ! command -v kubectl >/dev/null; then
		ln -s "$(go run ./hack/devcluster servers --kubectl | grep '/kubectl$')" "$work/bin/kubectl"
	fi
}

roll_out() {
	say 'Apply the example: six steps, each of which waits for the one before'
	run kubectl apply --server-side -k examples/activity/local
	say 'No source has an artifact yet'
	fluxdeps graph
	say 'Give the source a release, and watch'
	run go run ./hack/devcluster publish OCIRepository/flux-system/activity \
		--from examples/activity/artifact --tag 1.2.0
	watch_until_ready
}

break_a_link() {
	say 'Break a link: a name with a letter missing, as happens in a review'
	run kubectl patch kustomization activity-apiserver -n flux-system --type=json \
		-p '[{"op": "replace", "path": "/spec/dependsOn/0/name", "value": "clickhouse-migration"}]'
	# kustomize-controller looks again within its two seconds.
	sleep 4
	fluxdeps graph --exit-code || printf '%s(exit code %d)%s\n' "$dim" $? "$plain"
}

mend_it() {
	say 'Mend it'
	run kubectl apply --server-side --force-conflicts -k examples/activity/local
	watch_until_ready
}

# copy_a_secret shows kubectl secretsync: a pull secret goes from a management
# cluster to two workload clusters, drifts, is repaired and deleted.
copy_a_secret() {
	local to=(-n flux-system --from-context devcluster-1 --to-context 'devcluster-*')
	say 'Two more clusters, and a pull secret in the first'
	run patiently go build -o "$work/bin/kubectl-secretsync" ./plugins/kubectl-secretsync
	run go run ./hack/devcluster up --clusters 3
	printf '{"auths":{"ghcr.io":{"auth":"%s"}}}' "$(head -c 18 /dev/urandom | base64)" >"$work/docker.json"
	run kubectl create secret generic ghcr-pull -n flux-system --context devcluster-1 \
		--type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson="$work/docker.json"
	say 'What a copy to the other two would do, and the copy'
	run kubectl secretsync copy ghcr-pull "${to[@]}" --dry-run=server
	run kubectl secretsync copy ghcr-pull "${to[@]}"
	say 'Somebody changes one of the copies: which keys, never which values'
	run kubectl patch secret ghcr-pull -n flux-system --context devcluster-3 --type=merge -p '{"data": {".dockerconfigjson": "e30="}}'
	run kubectl secretsync status ghcr-pull "${to[@]}" || exited
	run kubectl secretsync diff ghcr-pull "${to[@]}" || exited
	say 'Repair it; a second run has nothing to do'
	run kubectl secretsync copy ghcr-pull "${to[@]}"
	run kubectl secretsync copy ghcr-pull "${to[@]}"
	say 'Take the copies away; the source stays'
	run kubectl secretsync delete ghcr-pull "${to[@]}"
}

# exited shows the exit code of what was just run.
exited() { printf '%s(exit code %d)%s\n' "$dim" $? "$plain"; }

# watch_until_ready shows the graph whenever it has changed.
watch_until_ready() {
	local states before='' deadline=$((SECONDS + rollout_patience))
	while [ "$SECONDS" -lt "$deadline" ]; do
		states=$(kubectl fluxdeps graph -o 'jsonpath={.nodes[*].state}')
		if [ "$states" != "$before" ]; then
			printf '\n'
			fluxdeps graph
			before=$states
		fi
		[ "$states" != 'ready ready ready ready ready ready' ] || return 0
		sleep 1
	done
	echo "error: the example is not ready after $rollout_patience seconds" >&2
	return 1
}

# fluxdeps is the plugin as one calls it, also before there is a kubectl.
fluxdeps() {
	if command -v kubectl >/dev/null; then
		run kubectl fluxdeps "$@"
	else
		run kubectl-fluxdeps "$@"
	fi
}

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# run shows a command as one would type it, and runs it.
run() {
	printf '%s$ %s%s\n' "$dim" "$(typed "$@")" "$plain"
	"$@"
}

# typed quotes only the words that need it.
typed() {
	local word out=''
	[ "$1" != patiently ] || shift
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]*) word="'${word//\'/\'\\\'\'}'" ;;
		esac
		out+="$word "
	done
	printf '%s' "${out% }"
}

# patiently shows that a silent command is still at work.
patiently() {
	(while kill -0 $$ 2>/dev/null; do sleep 2 && printf '.' >&2; done) &
	ticker=$!
	"$@"
	kill "$ticker"
	wait "$ticker" 2>/dev/null || true
	ticker=''
	printf ' done\n' >&2
}

main "$@"
