#!/usr/bin/env bash
# The gateway in front of one callee, with media in the kernel also on loopback, in the foreground.
#   gateway-soak.sh PROGRAM FOLDER
set -euo pipefail
program=$1 folder=$2/soak
mkdir -p "$folder"
cat > "$folder/sipalg.yaml" <<YAML
admin: { listen: 127.0.0.1:8080 }
realms:
  bench: { listen: ['udp://${GW_ADDR:-127.0.0.1:5060}'], media: { ports: 20000-59999 } }
peers:
  callee: { realm: bench, address: 'sip:${UAS_ADDR:-127.0.0.1:5090}', accept_from: [127.0.0.0/8] }
dialplan: ../../dialplan.yaml
media: { fast_path: ${FAST_PATH:-required}, sockets: ${SOCKETS:-per_port} }
logging: { level: warning }
YAML
exec "$program" run --config "$folder/sipalg.yaml"
