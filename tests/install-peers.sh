#!/usr/bin/env bash
# Installs the programs that the interop tests run against, where they are
# missing, from Debian's own packages. Leaves no service running.
# As root, or as a user whom sudo lets in.
set -euo pipefail

# package:command, library or module of Kamailio:purpose
readonly peers=(
    "sip-tester:sipp:places and answers calls by scenario"
    "baresip:baresip:a telephone that plays and records audio"
    "linphone-cli:linphonec:a telephone that speaks SHA-256 and GRUU"
    "sipsak:sipsak:sends single requests"
    "sipvicious:svmap:scans, enumerates and cracks, as strangers do"
    "tshark:tshark:captures and dissects what is on the wire"
    "prometheus:promtool:scrapes the gateway, checks metrics and alert rules"
    "kamailio:kamailio:a registrar and proxy behind the gateway"
    "kamailio-tls-modules:kamailio/modules/tls.so:the same as a peer by TLS"
    "openssl:openssl:a client of TLS that shows what it sees"
    "nsd:nsd:a name server with zones of the test"
    "iproute2:ip:network namespaces and interfaces"
    "nginx-light:nginx:a proxy before the web console"
    "nftables:nft:NAT between network namespaces"
    "procps:sysctl:settings of a network namespace"
    "conntrack:conntrack:a NAT that forgets what is under way"
    "zsh:zsh:completes command lines of sipalg"
    "chromium:chromium:opens the web console"
    "libsrtp2-1:libsrtp2.so.1:encrypts media, as phones do"
    "systemd:systemd-analyze:judges the service unit"
    "libsqlite3-0:libsqlite3.so.0:keeps registrations over a restart"
)

# Debian keeps some of these outside an ordinary user's PATH.
PATH=$PATH:/usr/sbin:/sbin

missing=()
for peer in "${peers[@]}"; do
    IFS=: read -r package command purpose <<<"$peer"
    command -v "$command" >/dev/null && continue
    [[ $command == */* && -e $(echo /usr/lib/*/"$command") ]] && continue
    [[ $command == lib* && $(ldconfig -p) == *"$command"* ]] && continue
    missing+=("$package")
    printf '== missing: %s (package %s): %s\n' "$command" "$package" "$purpose"
done
((${#missing[@]})) || exit 0

command -v apt-get >/dev/null || {
    echo "This is not a Debian system: install the commands named above by hand." >&2
    exit 1
}

if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "Installing needs root or sudo." >&2; exit 1; }
    flags=()
    [[ -t 1 ]] || flags=(-n)   # nobody is there to type a password
    exec sudo "${flags[@]}" "$(readlink -f "${BASH_SOURCE[0]}")"
fi

# Debian starts a daemon when its package is installed, unless this file forbids
# it; a file that an administrator put there stays as it is.
readonly policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
readonly apt=(apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
"${apt[@]}" update
echo 'wireshark-common wireshark-common/install-setuid boolean false' | debconf-set-selections
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}"

# Nor shall they start with the next boot.
if [[ -d /run/systemd/system ]]; then
    for package in "${missing[@]}"; do
        case $package in
            kamailio|prometheus|nsd) systemctl --quiet disable "$package" ;;
        esac
    done
fi
