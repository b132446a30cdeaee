#!/bin/bash
# The image's health check: is /healthz answered with 200? By bash alone, since
# the .NET images have no HTTP client. ADMIN is the admin address.
set -euo pipefail
admin=${ADMIN:-127.0.0.1:8080}
exec 3<>"/dev/tcp/${admin%:*}/${admin##*:}"
printf 'GET /healthz HTTP/1.0\r\nHost: %s\r\n\r\n' "$admin" >&3
read -r _ status _ <&3
[[ $status == 200 ]]
