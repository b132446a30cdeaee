#!/usr/bin/env bash
# Runs every test of the repository. Needs the .NET SDK only; the real SIP peers
# that the interop tests talk to are installed when they are missing.
# The last line of the output is the sum: "N passed, N failed[, N skipped]".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly results=artifacts/test-results
readonly time_limit=${TEST_TIME_LIMIT:-900}   # seconds a test project may take

usage() {
    cat <<TEXT
usage: ./test.sh [--fast] [--filter EXPRESSION]
  --fast               leave out the tests against real peers, and install nothing
  --filter EXPRESSION  run what matches; an expression of 'dotnet test --filter'
environment:
  TEST_TIME_LIMIT      seconds that a test project may take ($time_limit)
TEXT
}

fast=no
filter=
while (($#)); do
    case $1 in
        --fast) fast=yes ;;
        --filter) filter=${2:?--filter wants an expression}; shift ;;
        -h|--help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

passed=0 failed=0 skipped=0

say() { printf '== %s\n' "$*"; }

# A failure that no test reports (a crash, a time-out) counts as one failed test.
fault() {
    printf 'FAULT: %s\n' "$*"
    failed=$((failed + 1))
}

finish() {
    local sum="$passed passed, $failed failed"
    ((skipped == 0)) || sum+=", $skipped skipped"
    printf '\n%s\n' "$sum"
    ((failed == 0)) && exit 0 || exit 1
}

# counter FILE NAME: one figure of a result file's summary element
counter() {
    sed -nE "s/.*<Counters [^>]*\\b$2=\"([0-9]+)\".*/\\1/p" "$1" | head -n 1
}

# count NAME FILE STATUS: adds what the project's result file says
count() {
    local name=$1 file=$2 status=$3 total executed ok
    [[ -f $file ]] || { fault "$name: no results (exit status $status)"; return; }
    total=$(counter "$file" total) executed=$(counter "$file" executed) ok=$(counter "$file" passed)
    [[ $total && $executed && $ok ]] || { fault "$name: the result file $file cannot be read"; return; }
    passed=$((passed + ok)) failed=$((failed + executed - ok)) skipped=$((skipped + total - executed))
    printf '   %s of %s passed\n' "$ok" "$total"
    if ((status != 0 && executed == ok)); then
        fault "$name: exit status $status although no test failed"
    elif ((total == 0)) && [[ -z $filter ]]; then
        fault "$name: ran no tests"
    fi
}

# test_project PROJECT FILE [FILTER]: becomes the run of a project's tests, whose results go to FILE; at most $time_limit seconds
test_project() {
    local arguments=(test "$1" --no-build -c Release --nologo
        --results-directory "$results" --logger "trx;LogFileName=$2"
        --logger "console;verbosity=minimal")
    local expression=${3:+($3)}${3:+${filter:+&}}${filter:+($filter)}
    [[ -z $expression ]] || arguments+=(--filter "$expression")
    exec timeout --kill-after=15 "$time_limit" "${politely[@]}" dotnet "${arguments[@]}" </dev/null
}

# judge NAME FILE STATUS: what came of test_project
judge() {
    if (($3 == 124 || $3 == 137)); then
        fault "$1: not finished after $time_limit s, ended"
    else
        count "$1" "$results/$2" "$3"
    fi
}

run_project() {
    local name status=0
    name=$(basename "$1" .csproj)
    say "$name"
    (test_project "$1" "$name.trx") || status=$?
    judge "$name" "$name.trx" "$status"
}

# The tests against real peers spend most of their time waiting, so two runs of them go on beside each other and beside
# everything else, which leaves them the processor whenever they want it. What they say is kept until their turn.
readonly interop=tests/SipAlg.Interop.Tests/SipAlg.Interop.Tests.csproj
readonly halves=('Run!=second' 'Run=second')
politely=()
jobs=()

begin_interop() {
    local half
    for half in 0 1; do
        (test_project "$interop" "SipAlg.Interop.Tests.$half.trx" "${halves[half]}") >"$results/SipAlg.Interop.Tests.$half.log" 2>&1 &
        jobs+=($!)
    done
    trap 'kill "${jobs[@]}" 2>/dev/null || true' EXIT
    trap 'exit 130' INT TERM
    politely=(nice -n 19)
}

end_interop() {
    local half status
    for half in 0 1; do
        say "SipAlg.Interop.Tests, ${halves[half]}"
        status=0
        wait "${jobs[half]}" || status=$?
        cat "$results/SipAlg.Interop.Tests.$half.log"
        judge "SipAlg.Interop.Tests, ${halves[half]}" "SipAlg.Interop.Tests.$half.trx" "$status"
    done
}

command -v dotnet >/dev/null || { fault "the .NET SDK is not installed (dotnet is not in PATH)"; finish; }

if [[ $fast == no ]]; then
    tests/install-peers.sh </dev/null || { fault "the real peers could not be installed; ./test.sh --fast does without them"; finish; }
fi

rm -rf "$results"
say "building (Release)"
dotnet build SipAlg.sln -c Release --nologo -v quiet -nodeReuse:false </dev/null || { fault "the build"; finish; }

mkdir -p "$results"
[[ $fast == yes ]] || begin_interop
for project in tests/*.Tests/*.Tests.csproj; do
    [[ $project == "$interop" ]] || run_project "$project"
done
[[ $fast == yes ]] || end_interop

((passed + failed > 0)) || fault "no test matched"
finish
