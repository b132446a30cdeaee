#!/usr/bin/env bash
# The gateway of sipalg.yaml, which keeps no messages of calls and looks at no streams, in the foreground.
#   gateway-unrecorded.sh PROGRAM FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$1 folder=$2/unrecorded
mkdir -p "$folder"
sed 's#^dialplan: .*#dialplan: ../../dialplan.yaml#' sipalg.yaml > "$folder/sipalg.yaml"
echo 'trace: { memory: off, series: off }' >> "$folder/sipalg.yaml"
exec "$program" run --config "$folder/sipalg.yaml"
