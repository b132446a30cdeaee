#!/usr/bin/env bash
# Runs a command in a network namespace beside another one, whose name it has in
# ATTACKER: from there anything may be sent as whoever. Needs root.
#   network.sh COMMAND [ARGUMENT]...
#
#   here 10.77.0.1/24 ─ attacker, with all of 10.77.1.0/24 and 198.18.0.0/15
set -euo pipefail
here=sipalg-flood.$$
export ATTACKER=sipalg-attacker.$$
remove() { for name in "$here" "$ATTACKER"; do ip netns del "$name" 2>/dev/null || true; done; }
trap remove EXIT
for name in "$here" "$ATTACKER"; do
    ip netns add "$name"
    ip -n "$name" link set lo up
    ip netns exec "$name" bash -c 'for filter in /proc/sys/net/ipv4/conf/{all,default}/rp_filter; do echo 0 > $filter; done'
done
ip -n "$here" link add name attacker type veth peer name gateway netns "$ATTACKER"
ip -n "$here" address add 10.77.0.1/24 dev attacker
ip -n "$ATTACKER" address add 10.77.0.2/24 dev gateway
ip -n "$here" link set attacker up
ip -n "$ATTACKER" link set gateway up
for network in 10.77.1.0/24 198.18.0.0/15; do
    ip -n "$here" route add "$network" via 10.77.0.2
    ip -n "$ATTACKER" route add local "$network" dev lo
done

ip netns exec "$here" "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT
status=0
# A trapped signal ends 'wait' before the child has ended.
while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
done
exit "$status"
