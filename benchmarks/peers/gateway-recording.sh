#!/usr/bin/env bash
# The gateway of sipalg.yaml at GW_ADDR, with what it records of calls by default or with nothing of it, in the foreground.
#   gateway-recording.sh PROGRAM FOLDER on|off
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$1 folder=$2/recording-$3
mkdir -p "$folder"
sed -e 's#^dialplan: .*#dialplan: ../../dialplan.yaml#' -e "s#udp://127.0.0.1:5060#udp://${GW_ADDR:-127.0.0.1:5060}#" -e "s#127.0.0.1:8080#${ADMIN_ADDR:-127.0.0.1:8080}#" \
    -e "s#127.0.0.1:5090#${UAS_ADDR:-127.0.0.1:5090}#" sipalg.yaml > "$folder/sipalg.yaml"
[[ $3 == on ]] || echo 'trace: { memory: off, series: off }' >> "$folder/sipalg.yaml"
exec "$program" run --config "$folder/sipalg.yaml"
