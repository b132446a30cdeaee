#!/usr/bin/env bash
# Builds the image and holds it to what deploy/README.md and docs/fast-path.md say of it: whom it runs as, health, calls through the
# process and in the kernel, every way to end, what outlives it. By hand, since it takes minutes and a Docker daemon; see usage.
# Containers share a network of their own, so no port of the host is taken. The last line is the sum.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly mirror=${DEBIAN_MIRROR:-}
readonly image=sipalg-test

usage() {
    cat <<TEXT
usage: tests/container.sh [bases]
  bases  only makes the base images local/dotnet-sdk and local/dotnet-runtime, where there are none
As root, on this host's Docker, with debootstrap, the .NET SDK, sipp, sipsak, tc and curl.
environment:
  SDK_IMAGE, RUNTIME_IMAGE  take these base images, and make none
  DEBIAN_MIRROR             where the base images' packages come from; debootstrap's own choice where it is not set
TEXT
}

say() { printf '== %s\n' "$*"; }

# make_bases: Debian with this host's .NET, and with its certificates and package source, which belong into no image for others
make_bases() {
    local kind
    root=$(mktemp -d)   # seen by the trap, after this function
    trap 'rm -rf "$root"' EXIT
    say "base images by debootstrap"
    debootstrap --variant=minbase --include=ca-certificates,libstdc++6,libssl3,zlib1g bookworm "$root/debian" ${mirror:+"$mirror"} >"$root/log" || { tail "$root/log"; exit 1; }
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/debian/etc/ssl/certs/"
    [[ ! -f ~/.nuget/NuGet/NuGet.Config ]] || install -D ~/.nuget/NuGet/NuGet.Config "$root/debian/root/.nuget/NuGet/NuGet.Config"
    tar -C "$root/debian" -c . | docker import - local/debian >/dev/null
    mkdir -p "$root/sdk" "$root/runtime/dotnet"
    cp -a "$(dirname "$(readlink -f "$(command -v dotnet)")")" "$root/sdk/dotnet"
    cp -a "$root"/sdk/dotnet/{dotnet,host,shared} "$root/runtime/dotnet/"
    for kind in sdk runtime; do
        printf '%s\n' 'FROM local/debian' 'COPY dotnet /usr/share/dotnet' 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1' \
            'RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet' >"$root/$kind/Dockerfile"
        docker build -q --network host -t "local/dotnet-$kind" "$root/$kind" >/dev/null
    done
}

passed=0 failed=0

# check WHAT COMMAND...: the command's status is the answer
check() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$what"
        tail -n 20 "$work/said"
    fi
}

# eventually COMMAND...: within 20 s
eventually() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        "$@" && return
        sleep 0.2
    done
    return 1
}

# begin OPTIONS... [-- ARGUMENTS...]: the gateway, as docker-compose.yml has it, in place of the one before
begin() {
    local options=()
    while (($#)) && [[ $1 != -- ]]; do options+=("$1"); shift; done
    docker rm -fv $image >/dev/null 2>&1 || true
    docker run -d --name $image --network "container:$image-net" --read-only --tmpfs /tmp --cap-drop ALL --ulimit nofile=20000 \
        -v $image-state:/var/lib/sipalg/state -v $image-cdr:/var/lib/sipalg/cdr -v "$work:/etc/sipalg:ro" "${options[@]}" $image "${@:2}" >/dev/null
}

start() { begin "$@"; eventually says 'Admin on http'; }
restarted() { docker start $image && eventually ask sipalg health; }
stopped() { docker stop $image && is '{{.State.ExitCode}}' 0; }
refused() { begin "$@"; eventually is '{{.State.Running}}' false; says 'does not start: media cannot be relayed in the kernel'; }

says() { docker logs $image 2>&1 | grep -qE -- "$1"; }
is() { [[ $(docker inspect $image --format "$1") == "$2" ]]; }
ask() { docker exec $image "$@"; }
asked() { local wanted=$1; shift; ask "$@" | grep -qE -- "$wanted"; }
within() { nsenter -t "$(docker inspect $image-net --format '{{.State.Pid}}')" -n "$@"; }
metric() { within curl -fs http://127.0.0.1:8080/metrics | awk -v name="$1" '$1 == name { print $2 }'; }
relayed_in_kernel() { (($(metric sipalg_rtp_kernel_packets_total) > 100)); }
attached() { within tc filter show dev lo ingress | grep sipalg_entrance; }
not() { ! "$@"; }
killed() { kill -KILL "$(docker inspect $image --format '{{.State.Pid}}')"; eventually is '{{.State.Running}}' false; }
registered() { asked '^alice@' sipalg registrations; }

# call NUMBER: with 6 s of audio, from a telephone without an account
call() {
    within env -C "$work" sipp -sf "$PWD/tests/container.call.xml" -s "$1" 127.0.0.1:5060 -i 127.0.0.1 -mi 127.0.0.1 -p 5071 -m 1 -timeout 20 -timeout_error -nostdin
}

register() {
    local password
    password=$(docker logs $image 2>&1 | awk '/Password/ { print $2; exit }')
    within sipsak -U -i -u alice -s sip:alice@127.0.0.1 -C sip:alice@127.0.0.1:5072 -a "$password" -x 600
}

clean() {
    docker rm -fv $image $image-net >/dev/null 2>&1 || true
    docker volume rm $image-state $image-cdr >/dev/null 2>&1 || true
    rm -rf "$work"
}

case ${1:-} in
    '') ;;
    bases) make_bases; exit ;;
    *) usage; [[ $1 == -h || $1 == --help ]] && exit 0 || exit 2 ;;
esac

sdk=${SDK_IMAGE:-local/dotnet-sdk} runtime=${RUNTIME_IMAGE:-local/dotnet-runtime}
if [[ -z ${SDK_IMAGE:-} || -z ${RUNTIME_IMAGE:-} ]]; then
    docker image inspect local/dotnet-sdk local/dotnet-runtime >/dev/null 2>&1 || (make_bases)
fi
say "building"
docker build --network host -t $image --build-arg SDK_IMAGE="$sdk" --build-arg RUNTIME_IMAGE="$runtime" .

work=$(mktemp -d)
trap clean EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
head -c 80000 /dev/zero | tr '\0' '\325' >"$work/audio"
cat >"$work/kernel.yaml" <<'YAML'
admin: { listen: 127.0.0.1:8080 }
realms:
  phones: { listen: [udp://127.0.0.1:5060], media: { ports: 10000-10999 } }
  core: { listen: [udp://127.0.0.1:5080], media: { ports: 11000-11999 } }
media: { fast_path: required }
peers:
  phone: { realm: phones, address: 'sip:127.0.0.1:5071' }
  pbx: { realm: core, address: 'sip:127.0.0.1:5091' }
dialplan: dialplan.yaml
state: { folder: /var/lib/sipalg/state }
cdr: { file: /var/lib/sipalg/cdr/calls.jsonl }
YAML
echo "routes: [ { name: over, when: { peer: phone }, to: [ { peer: pbx } ] } ]" >"$work/dialplan.yaml"
docker run -d --name $image-net --network none --entrypoint sleep $image infinity >/dev/null

say "without capabilities, on a file system that is read-only, on the embedded default"
check "starts" start
check "runs as user 1654, and says so" says 'User (1654|app) with 0 capabilities'
check "says that media go through the process, and why" says 'not relayed in the kernel: the process lacks the capabilities CAP_BPF and CAP_NET_ADMIN'
check "has the descriptors it was given" says 'Descriptor limit 20000'
check "has nothing set-user-id in it" ask sh -c '! find / -xdev -type f -perm /6000 | grep .'
check "cannot write but to its folders" ask sh -c '! touch /opt/sipalg/x && ! touch /var/lib/sipalg/x && touch state/x cdr/x /tmp/x && rm state/x'
check "a first call hears itself" call 600
check "and is listed" asked '600 .*completed' sipalg calls --state ended
check "in the zone that TZ names" asked "$(TZ=Asia/Tokyo date +%F\ %H)" env TZ=Asia/Tokyo sipalg calls --state ended
check "is healthy to Docker" eventually is '{{.State.Health.Status}}' healthy
check "a phone registers" register
check "is killed" killed
check "and started again" restarted
check "the phone is still registered" registered
check "ends by SIGTERM with 0" stopped
check "another container starts" start
check "the phone is registered there too" registered

readonly capabilities=(--cap-add BPF --cap-add NET_ADMIN --cap-add NET_RAW --cap-add PERFMON)
readonly required=(-- run --config /etc/sipalg/kernel.yaml)
say "media in the kernel, required"
check "without capabilities it does not start" refused "${required[@]}"
for way in tcx clsact; do
    [[ $way == tcx ]] && without=() || without=(-e SIPALG_WITHOUT_TCX=1)
    check "$way: starts" start "${capabilities[@]}" "${without[@]}" "${required[@]}"
    check "$way: says so" says 'media path: kernel'
    within sipp -sn uas -i 127.0.0.1 -mi 127.0.0.1 -p 5091 -rtp_echo -m 1 -timeout 30 -nostdin >/dev/null 2>&1 &
    check "$way: a call" call 600
    check "$way: its audio crossed in the kernel" relayed_in_kernel
    # What tcx has attached tc does not show; it ends with its descriptor (KilledTests).
    [[ $way == tcx ]] || check "clsact: an entrance is attached" attached
    check "$way: is killed" killed
    if [[ $way == clsact ]]; then
        check "clsact: is started again" start "${capabilities[@]}" "${without[@]}" "${required[@]}"
        check "clsact: nothing is attached any more" not attached
    fi
    wait
done

printf '\n%s passed, %s failed\n' "$passed" "$failed"
((failed == 0))
