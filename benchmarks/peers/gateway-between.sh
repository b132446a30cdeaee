#!/usr/bin/env bash
# The gateway between two networks (sides.sh), in the foreground; its SIP stays on
# loopback. FAST_PATH says where media go: off or required; SRTP whether the callee
# is offered it: off or optional.
#   gateway-between.sh PROGRAM FOLDER FAST_PATH [SRTP]
set -euo pipefail
program=$1 folder=$2/between-$3 fast_path=$3 srtp=${4:-off}
mkdir -p "$folder"
cat > "$folder/sipalg.yaml" <<YAML
admin: { listen: 127.0.0.1:8080 }
realms:
  a: { listen: ['udp://${GW_ADDR:-127.0.0.1:5060}'], media: { bind: 10.255.1.1, ports: 10000-29999 } }
  b: { listen: ['udp://127.0.0.1:5061'], media: { bind: 10.255.2.1, ports: 30000-49999 } }
peers:
  caller: { realm: a, address: 'sip:127.0.0.1:5072', accept_from: [127.0.0.0/8] }
  callee: { realm: b, address: 'sip:${UAS_ADDR:-127.0.0.1:5090}', accept_from: [127.0.0.0/8], srtp: $srtp }
dialplan: dialplan.yaml
media: { fast_path: $fast_path, sockets: per_port }
calls: { media_timeout: off }
logging: { level: warning }
YAML
cat > "$folder/dialplan.yaml" <<'YAML'
routes:
  - { name: everything, when: { peer: caller }, to: [ { peer: callee } ] }
YAML
exec "$program" run --config "$folder/sipalg.yaml"
