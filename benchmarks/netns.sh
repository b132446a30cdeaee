#!/usr/bin/env bash
# Runs a command in a network namespace of its own, with loopback only: every
# port is free, and none of the host's firewall rules cost time. Needs root.
#   netns.sh COMMAND [ARGUMENT]...
set -euo pipefail
name=sipalg-bench.$$
ip netns add "$name"
trap 'ip netns del "$name"' EXIT
ip -n "$name" link set lo up
ip netns exec "$name" "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT
status=0
# A trapped signal ends 'wait' before the child has ended.
while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
done
exit "$status"
