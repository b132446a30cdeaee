#!/usr/bin/env bash
# The gateway between the callers and callees of endurance.py, in the foreground.
#   gateway.sh PROGRAM FOLDER       FOLDER has peers.yaml and dialplan.yaml, which endurance.py writes
set -euo pipefail
program=$1 folder=$2
{
    cat <<YAML
admin: { listen: 127.0.0.1:8080 }
realms:
  outside: { listen: ['udp://127.0.0.1:5060'], media: { bind: 127.0.0.1, ports: 20000-29999 } }
  phones: { listen: ['udp://127.0.0.1:5070'], media: { bind: 127.0.0.1, ports: 30000-32767 }, domain: endurance.example }
users:
  phone: { password: endurance, numbers: ['100'] }
state: { folder: $folder/state }
cdr: { file: $folder/calls.jsonl }
media: { sockets: per_port }
# Comes round in the calls before the first look.
trace: { memory: 16MiB }
sip: { dns: ['127.0.0.53:5353'] }
# A callee that is killed while it rings never answers.
calls: { no_answer: 30s }
logging: { level: warning }
dialplan: dialplan.yaml
YAML
    cat "$folder/peers.yaml"
} > "$folder/sipalg.yaml"
cd "$folder"
exec "$program" run --config "$folder/sipalg.yaml"
