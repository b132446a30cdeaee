#!/usr/bin/env bash
# Runs a command in a network namespace between two others, side A and side B,
# whose names it has in SIDE_A and SIDE_B. Needs root.
#   sides.sh COMMAND [ARGUMENT]...
#
#   A 10.1.0.0/16 ─ 10.255.1.0/30 ─ here ─ 10.255.2.0/30 ─ B 10.2.0.0/16
#   └──────────────────── 10.255.3.0/30 ────────────────────┘
#
# A is reached from here at 10.255.1.2, B at 10.255.2.2; each has all addresses of
# its network. Their way to each other goes over the link between them at first.
set -euo pipefail
here=sipalg-bench.$$
export SIDE_A=sipalg-bench-a.$$ SIDE_B=sipalg-bench-b.$$
remove() { for name in "$here" "$SIDE_A" "$SIDE_B"; do ip netns del "$name" 2>/dev/null || true; done; }
trap remove EXIT
for name in "$here" "$SIDE_A" "$SIDE_B"; do
    ip netns add "$name"
    ip -n "$name" link set lo up
    # A packet may come by another way than its answer takes.
    ip netns exec "$name" bash -c 'for filter in /proc/sys/net/ipv4/conf/{all,default}/rp_filter; do echo 0 > $filter; done'
done
join() {    # join NAMESPACE INTERFACE ADDRESS NAMESPACE INTERFACE ADDRESS
    ip -n "$1" link add name "$2" type veth peer name "$5" netns "$4"
    ip -n "$1" address add "$3" dev "$2"
    ip -n "$4" address add "$6" dev "$5"
    ip -n "$1" link set "$2" up
    ip -n "$4" link set "$5" up
}
join "$here" side-a 10.255.1.1/30 "$SIDE_A" gateway 10.255.1.2/30
join "$here" side-b 10.255.2.1/30 "$SIDE_B" gateway 10.255.2.2/30
join "$SIDE_A" direct 10.255.3.1/30 "$SIDE_B" direct 10.255.3.2/30
ip -n "$SIDE_A" route add local 10.1.0.0/16 dev lo
ip -n "$SIDE_B" route add local 10.2.0.0/16 dev lo
ip -n "$here" route add 10.1.0.0/16 via 10.255.1.2
ip -n "$here" route add 10.2.0.0/16 via 10.255.2.2
ip -n "$SIDE_A" route add 10.2.0.0/16 via 10.255.3.2
ip -n "$SIDE_B" route add 10.1.0.0/16 via 10.255.3.1

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
