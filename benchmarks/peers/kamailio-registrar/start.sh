#!/usr/bin/env bash
# Kamailio as a registrar in memory, in the foreground; on TERM it ends what it started.
#   GW_ADDR       listen address (127.0.0.1:5060)
#   WORKERS       UDP workers (2)
#   MEMORY        allocator, as in ../kamailio-rtpengine/start.sh (tlsf)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
trap 'kill -TERM "$child"; wait "$child"; exit 0' TERM INT
memory=${MEMORY:-tlsf}
kamailio -f "$here/kamailio.cfg" -DD -E -x "$memory" -X "$memory" -m 4096 -M 16 -b 4194304 \
    -l "udp:${GW_ADDR:-127.0.0.1:5060}" -w "$run" -Y "$run" -P "$run/pid" -A "WORKERS=${WORKERS:-2}" &
child=$!
wait "$child"
