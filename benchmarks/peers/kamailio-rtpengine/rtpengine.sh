#!/usr/bin/env bash
# rtpengine alone, forwarding in user space, in the foreground.
#   RTPE_THREADS  threads that relay (1)
#   NG_ADDR       control address (127.0.0.1:22222)
#   EXT_ADDR, INT_ADDR  media addresses of its two interfaces (127.0.0.10, 127.0.0.20)
set -euo pipefail
ulimit -n "$(ulimit -Hn)"
exec rtpengine --config-file=none --foreground --log-stderr --log-level=3 --table=-1 \
    --interface="ext/${EXT_ADDR:-127.0.0.10}" --interface="int/${INT_ADDR:-127.0.0.20}" \
    --listen-ng="${NG_ADDR:-127.0.0.1:22222}" \
    --port-min=10000 --port-max=59999 --num-threads="${RTPE_THREADS:-1}" \
    --media-num-threads=0 --delete-delay=0 --timeout=3600 --silent-timeout=3600 \
    --offer-timeout=120 --tos=0
