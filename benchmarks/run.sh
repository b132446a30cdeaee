#!/usr/bin/env bash
# Publishes the gateway and measures it beside Kamailio and rtpengine, in one
# run, in a network namespace of its own. Needs root and two CPUs.
#   benchmarks/run.sh signalling|overload|recording|hold|rtp|srtp|kernel|between|soak|endurance|startup|registrations|flood [OPTION]...
# Further options go to the measurement (see benchmarks/README.md). Rows are
# appended to benchmarks/out/KIND.jsonl.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() { sed -n '2,6s/^# \{0,1\}//p' run.sh; }

kind=${1:-}
case $kind in
    signalling|overload|recording|hold|rtp|srtp|kernel|between|soak|endurance|startup|registrations|flood) shift ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
PATH=$PATH:/usr/sbin:/sbin
need ip iproute2
need python3 python3
if [[ $kind == endurance ]]; then
    need prometheus prometheus
    need nft nftables
else
    need kamailio kamailio
    need rtpengine rtpengine-daemon
fi
if [[ $kind == flood ]]; then
    need gcc "gcc libc6-dev"
    need openssl openssl
fi
if [[ $kind == rtp || $kind == srtp || $kind == kernel || $kind == between ]]; then
    need gcc "gcc libc6-dev libsrtp2-dev liburing-dev"
fi
if [[ $kind != kernel && $kind != between ]]; then
    need sipp sip-tester
fi
if ((${#missing[@]})); then
    echo "Missing; on Debian: apt-get install ${missing[*]}" >&2
    exit 1
fi
((EUID == 0)) || { echo "A network namespace needs root." >&2; exit 1; }

mkdir -p out
if [[ ${SKIP_PUBLISH:-} ]]; then
    echo "== the gateway as published before"
else
    echo "== publishing the gateway (Release, ReadyToRun)"
    dotnet publish ../src/SipAlg/SipAlg.csproj -c Release -o out/gateway --nologo -v quiet -nodeReuse:false
fi
[[ $kind != rtp && $kind != srtp && $kind != kernel && $kind != between ]] || rtp/build.sh
[[ $kind != flood ]] || gcc -O2 -Wall -Wextra -o out/flood flood/flood.c

ulimit -n "$(ulimit -Hn)"
gateway="exec $PWD/out/gateway/sipalg run --config $PWD/sipalg.yaml"
kamailio="exec $PWD/peers/kamailio-rtpengine/start.sh"
rtpengine="MEDIA=1 WORKERS=4 $kamailio"
case $kind in
    signalling) systems=("kamailio=$kamailio" "kamailio-rtpe=$rtpengine" "sipalg=$gateway") ;;
    overload) systems=("sipalg=$gateway") ;;
    recording) systems=("sipalg=exec $PWD/peers/gateway-recording.sh $PWD/out/gateway/sipalg $PWD/out on" "sipalg-unrecorded=exec $PWD/peers/gateway-recording.sh $PWD/out/gateway/sipalg $PWD/out off") ;;
    startup) systems=("kamailio=$kamailio" "sipalg=$gateway") ;;
    registrations) systems=("kamailio=exec $PWD/peers/kamailio-registrar/start.sh" "sipalg=exec $PWD/peers/gateway-registrar.sh $PWD/out/gateway/sipalg") ;;
    hold) systems=("kamailio-rtpe=$rtpengine" "sipalg=$gateway") ;;
    rtp) systems=("rtpengine=ng:exec $PWD/peers/kamailio-rtpengine/rtpengine.sh" "sipalg=sip:$gateway" "c=floor:latch")
        # With calls meanwhile, rtpengine has Kamailio before it, and so has the C relay one beside it.
        [[ " $* " != *" --beside-calls"* ]] || systems[0]="rtpengine=sip:$rtpengine" ;;
    srtp) systems=("rtpengine-srtp=ngsrtp:exec $PWD/peers/kamailio-rtpengine/rtpengine.sh" "sipalg=sip:$gateway" "sipalg-srtp=sipsrtp:exec $PWD/out/gateway/sipalg run --config $PWD/sipalg-srtp.yaml"
            "sipalg-srtp-ring=sipsrtp:exec $PWD/out/gateway/sipalg run --config $PWD/sipalg-srtp-ring.yaml") ;;
    kernel)
        between="exec $PWD/peers/gateway-between.sh $PWD/out/gateway/sipalg $PWD/out"
        systems=(bare=bare: forward=forward: "sipalg-kernel=sip:$between required" "sipalg-user=sip:$between off"
            "rtpengine=ng:EXT_ADDR=10.255.1.1 INT_ADDR=10.255.2.1 exec $PWD/peers/kamailio-rtpengine/rtpengine.sh" "c=floor:latch") ;;
    between)
        between="exec $PWD/peers/gateway-between.sh $PWD/out/gateway/sipalg $PWD/out"
        systems=(bare=bare: "sipalg-srtp-ring=sipsrtp:$between required optional" "sipalg-srtp=sipsrtp:$between off optional"
            "rtpengine-srtp=ngsrtp:EXT_ADDR=10.255.1.1 INT_ADDR=10.255.2.1 exec $PWD/peers/kamailio-rtpengine/rtpengine.sh") ;;
    flood) systems=("sipalg=exec $PWD/peers/gateway-flood.sh $PWD/out/gateway/sipalg $PWD/out" "sipalg-one-queue=SEPARATE=off exec $PWD/peers/gateway-flood.sh $PWD/out/gateway/sipalg $PWD/out") ;;
    soak) systems=("sipalg=exec $PWD/peers/gateway-soak.sh $PWD/out/gateway/sipalg $PWD/out") ;;
    endurance) systems=("sipalg=exec $PWD/endurance/gateway.sh $PWD/out/gateway/sipalg {folder}") ;;
esac
arguments=()
for system in "${systems[@]}"; do
    name=${system%%=*}
    # ONLY: the systems to measure, for a look at one of them
    [[ -z ${ONLY:-} || " $ONLY " == *" $name "* ]] && arguments+=(--sut "$system")
done
[[ $kind != rtp ]] || arguments+=(--signalling "$kamailio")
network=./netns.sh
[[ $kind != kernel && $kind != between ]] || network=./sides.sh
[[ $kind != flood ]] || network=./flood/network.sh
measurement=$kind.py
[[ $kind != srtp ]] || measurement=rtp.py
[[ $kind != between ]] || measurement=kernel.py
exec "$network" "./$measurement" "${arguments[@]}" --json "out/$kind.jsonl" "$@"
