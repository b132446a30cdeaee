#!/usr/bin/env bash
# The gateway as a registrar of USERS users (200000), in the foreground. Its
# configuration and its bindings are in FOLDER, which a restart finds again.
#   gateway-registrar.sh PROGRAM
set -euo pipefail
program=$1
folder=${FOLDER:?where the bindings are kept}
if [[ ! -e $folder/sipalg.yaml ]]; then
    mkdir -p "$folder/users"
    seq -f 'u%06.0f: { password: secret }' 0 $((${USERS:-200000} - 1)) | split -l 50000 -d --additional-suffix=.yaml - "$folder/users/"
    cat > "$folder/sipalg.yaml" <<YAML
admin: { listen: 127.0.0.1:8080 }
realms:
  bench:
    listen: ['udp://${GW_ADDR:-127.0.0.1:5060}']
    domain: example.com
users: users
dialplan: dialplan.yaml
state: { folder: state }
logging: { level: warning }
YAML
    cat > "$folder/dialplan.yaml" <<'YAML'
routes:
  - { name: users, when: { called: '^(?<user>u[0-9]{6})$' }, to: [ { registered: '${user}' } ] }
YAML
fi
exec "$program" run --config "$folder/sipalg.yaml"
