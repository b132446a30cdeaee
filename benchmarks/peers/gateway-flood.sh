#!/usr/bin/env bash
# The gateway in front of one callee, in a realm with users that strangers may try to be, in the foreground.
#   gateway-flood.sh PROGRAM FOLDER
set -euo pipefail
program=$1 folder=$2/flood-gateway
mkdir -p "$folder"
gateway=${GW_ADDR:-10.77.0.1:5060}
[[ -e $folder/key.pem ]] || openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=flood.example -addext subjectAltName=DNS:flood.example \
    -keyout "$folder/key.pem" -out "$folder/chain.pem" 2>/dev/null
cat > "$folder/sipalg.yaml" <<YAML
admin: { listen: 127.0.0.1:8080 }
realms:
  bench:
    listen: ['udp://$gateway', 'tcp://$gateway', 'tls://${gateway%:*}:$((${gateway##*:} + 1))']
    certificate: { chain: chain.pem, key: key.pem }
    media: { ports: 20000-24999 }
    domain: flood.example
peers:
  callee: { realm: bench, address: 'sip:${UAS_ADDR:-10.77.0.1:5090}', accept_from: ['${gateway%:*}/32'] }
users:
  phone: { password: 'a password that nobody guesses' }
dialplan: ../../dialplan.yaml
calls: { media_timeout: off }
sip: { separate_strangers: ${SEPARATE:-auto} }
state: { folder: "$folder/state" }
logging: { level: information }
YAML
exec "$program" run --config "$folder/sipalg.yaml"
