#!/usr/bin/env bash
# Builds the RTP generator and the C relays; needs gcc, libsrtp2-dev, liburing-dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p ../out
gcc -O2 -Wall -Wextra -DWITH_SRTP -o ../out/rtpload rtpload.c -lsrtp2
gcc -O2 -Wall -Wextra -o ../out/rtpfloor rtpfloor.c -luring
