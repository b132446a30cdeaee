#!/usr/bin/env bash
# Makes a certificate authority of your own and a certificate for the gateway,
# for development: gateway.pem, gateway.key, ca.pem, ca.key beside this script.
# Let phones trust ca.pem. Never use these in production.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<TEXT
usage: certs/make-dev-certs.sh [--force] [NAME|ADDRESS]...
  The names and addresses that the gateway's certificate is valid for;
  without any: localhost 127.0.0.1 ::1
  --force  make a new gateway certificate although there is one; the
           authority stays, so that what trusts it need not be told again
TEXT
}

force=no
names=()
for argument; do
    case $argument in
        --force) force=yes ;;
        -h|--help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) names+=("$argument") ;;
    esac
done
((${#names[@]})) || names=(localhost 127.0.0.1 ::1)

command -v openssl >/dev/null || { echo "openssl is not installed." >&2; exit 1; }

if [[ (-e gateway.pem || -e gateway.key) && $force == no ]]; then
    echo "certs/gateway.pem exists already; --force replaces it."
    exit 0
fi

alternatives=
for name in "${names[@]}"; do
    kind=DNS
    [[ $name =~ ^[0-9.]+$ || $name == *:* ]] && kind=IP
    [[ $name =~ ^[A-Za-z0-9.:*-]+$ ]] || { echo "not a name or address: $name" >&2; exit 2; }
    alternatives+=${alternatives:+,}$kind:$name
done

umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

if [[ ! -e ca.pem || ! -e ca.key ]]; then
    new_key "$scratch/ca.key"
    openssl req -x509 -new -key "$scratch/ca.key" -days 3650 -subj "/CN=SipAlg development CA" \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
        -addext keyUsage=critical,keyCertSign,cRLSign -out "$scratch/ca.pem"
    mv "$scratch/ca.key" "$scratch/ca.pem" .
fi

new_key "$scratch/gateway.key"
openssl req -new -key "$scratch/gateway.key" -subj "/CN=${names[0]}" -out "$scratch/gateway.csr"
cat >"$scratch/extensions" <<TEXT
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = $alternatives
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
TEXT
openssl x509 -req -in "$scratch/gateway.csr" -CA ca.pem -CAkey ca.key -days 825 \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$scratch/extensions" -out "$scratch/gateway.pem" 2>"$scratch/log" \
    || { cat "$scratch/log" >&2; exit 1; }
openssl verify -CAfile ca.pem "$scratch/gateway.pem" >/dev/null
mv "$scratch/gateway.key" "$scratch/gateway.pem" .
chmod 644 ca.pem gateway.pem
echo "certs/gateway.pem for ${names[*]}, signed by certs/ca.pem"
