#!/usr/bin/env bash
# Kamailio as a border proxy, in the foreground; on TERM it ends what it started.
#   GW_ADDR       listen address (127.0.0.1:5060)
#   UAS_ADDR      where calls go (127.0.0.1:5090)
#   MEDIA=1       with rtpengine; otherwise signalling only
#   WORKERS       UDP workers (2)
#   RTPE_THREADS  rtpengine's threads (1)
#   TOPOH=0       without topology hiding
#   MEMORY        tlsf, qm or fm; the package's default, qm, is a debugging
#                 allocator and collapses at a few hundred calls/s (tlsf)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$(mktemp -d)
children=()
stop() {
    for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null; done
    wait
    rm -rf "$run"
    exit 0
}
trap stop TERM INT

ulimit -n "$(ulimit -Hn)"
defines=(-A "UAS_URI=\"sip:${UAS_ADDR:-127.0.0.1:5090}\"" -A "WORKERS=${WORKERS:-2}")
[[ ${TOPOH:-1} != 0 ]] || defines+=(-A WITHOUT_TOPOH=1)
if [[ ${MEDIA:-0} == 1 ]]; then
    defines+=(-A WITH_MEDIA=1)
    "$here/rtpengine.sh" &
    children+=($!)
    sleep 1     # Kamailio looks for rtpengine once, at its start
fi
memory=${MEMORY:-tlsf}
kamailio -f "$here/kamailio.cfg" -DD -E -x "$memory" -X "$memory" -m 4096 -M 16 -b 4194304 \
    -l "udp:${GW_ADDR:-127.0.0.1:5060}" -w "$run" -Y "$run" -P "$run/pid" "${defines[@]}" &
children+=($!)
wait -n
stop
