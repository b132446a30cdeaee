#!/usr/bin/env python3
"""Calls of all kinds for a long time, while messages are lost, peers are killed, names cannot be
resolved and the configuration is read again and again: what fails, and what is left behind.

  endurance.py --calls 500000 --rate 160 --sut sipalg='exec endurance/gateway.sh PROGRAM {folder}'

Every kind (endurance/flows.py) has callers and callees of its own: SIPp processes at addresses of
their own. 1 in 100 datagrams to or from those whose flows say so is dropped by the system
(nftables). Calls to "brittle" may fail, since their callee is killed every minute; any other that
fails, fails the run, and what both sides' SIPp said of it is told.
"""
import collections
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(ROOT, "lib"), os.path.join(ROOT, "endurance")]
import arguments as shared
import flows as kinds
import graph
from admin import metrics
from capture import capture
from machine import end_on_signal
from names import NameServer
from process import spawn
from sipp import rows

PROMETHEUS = "127.0.0.1:9091"
HEAP = ["dotnet_gc_heap_bytes", "dotnet_gc_committed_bytes"]
ZERO = ["sipalg_calls_active", "sipalg_subscriptions_active", "sipalg_sip_dialogs_active", "sipalg_sip_transactions_active", "sipalg_kept_messages", "sipalg_media_ports_in_use"]
FAULTS = ["sipalg_lane_faults_total", "sipalg_relay_faults_total", "sipalg_media_ports_leaked_total", "sipalg_cdr_lost_total", "sipalg_cdr_failures_total"]
NAME = "named.endurance.example"
PROGRESS = 20       # seconds between two lines of it


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--calls", type=int, default=500000)
    parser.add_argument("--rate", type=float, default=160, help="calls a second, of all kinds together")
    parser.add_argument("--short", action="store_true", help="a look: 90 s of calls, and all faults once or twice")
    parser.add_argument("--only", default="", metavar="KINDS", help="these kinds alone, with commas between")
    parser.add_argument("--hold-ms", type=int, default=1500)
    parser.add_argument("--loss", type=float, default=0.01, help="share of datagrams that are lost")
    parser.add_argument("--warm-secs", type=int, default=60, help="calls before the first look, with each fault as often as time allows")
    parser.add_argument("--after-secs", type=int, default=75, help="from the last call to a look")
    parser.add_argument("--fault-secs", type=int, default=60, help="between two faults of a kind")
    parser.add_argument("--most-left-mb", type=float, default=16)
    parser.add_argument("--graph", default=os.path.join(ROOT, "out", "endurance.svg"))
    o = parser.parse_args()
    o.json, o.graph = o.json and os.path.abspath(o.json), os.path.abspath(o.graph)      # it works in its scratch folder
    if o.short:
        # After so few calls the runtime still compiles, and its heap grows.
        o.calls, o.warm_secs, o.fault_secs, o.most_left_mb = int(o.rate * 90), 20, 20, 48
    return o


class Sides:
    """The SIPp processes."""

    def __init__(self, o, folder):
        self.o, self.folder = o, folder
        self.flows = [flow for flow in kinds.all_flows() if not o.only or flow.name in o.only.split(",")]
        self.callees, self.callers = {}, {}
        for flow in self.flows:
            for name in flow.callees:
                self.callees[name] = (f"127.0.{1 if flow.loses else 4}.{len(self.callees) + 1}", flow)
            self.callers[flow.name] = f"127.0.{2 if flow.loses else 5}.{len(self.callers) + 1}"
        self.running = {}

    def write(self):
        """Scenarios, and what the gateway has to know."""
        for flow in self.flows:
            for name, script in [(f"{flow.name}.uac", flow.caller), *((f"{callee}.uas", script) for callee, script in flow.callees.items())]:
                with open(os.path.join(self.folder, name + ".xml"), "w") as file:
                    file.write(script.xml())
        peers = ["peers:", "  callers: { realm: outside, accept_from: [127.0.2.0/24, 127.0.5.0/24] }"]
        for name, (address, flow) in self.callees.items():
            host = NAME if name == "named" else address
            peers.append(f"  {name}: {{ realm: outside, address: 'sip:{host}:5060', accept_from: {address} }}")
        with open(os.path.join(self.folder, "peers.yaml"), "w") as file:
            file.write("\n".join(peers) + "\n")
        self.plan(0)

    def plan(self, version):
        routes = []
        for flow in self.flows:
            targets = [f"{{ peer: {name}{', priority: 1' if flow.name == 'fork' else ''} }}" for name in flow.callees if name != "joining"]
            if targets:
                ring = ", ring: all" if flow.name == "fork" else ""
                routes.append(f"  - {{ name: {flow.name}, when: {{ called: '^{flow.name}$', realm: [outside, phones] }}, to: [{', '.join(targets)}]{ring} }}")
        routes.append("  - { name: joining, when: { called: '^joining$', realm: outside }, to: [ { peer: joining } ] }")
        routes.append(f"  - {{ name: version-{version}, when: {{ called: '^version{version}$', realm: outside }}, to: [ {{ peer: basic }} ] }}")
        path = os.path.join(self.folder, "dialplan.yaml")
        with open(path + ".new", "w") as file:
            file.write("routes:\n" + "\n".join(routes) + "\n")
        os.replace(path + ".new", path)

    def sipp(self, name, address, more):
        statistics = os.path.join(self.folder, name + ".csv")
        errors = os.path.join(self.folder, name + ".errors")
        command = ["sipp", *more, "-sf", os.path.join(self.folder, name + ".xml"), "-i", address, "-p", "5060", "-nostdin", "-trace_stat", "-stf", statistics, "-fd", "1",
                   "-trace_err", "-error_file", errors, "-buff_size", "4000000", "-deadcall_wait", "8000", "-rtp_echo",
                   "-watchdog_major_maxtriggers", "100000", "-watchdog_minor_maxtriggers", "100000"]
        with open(statistics + ".out", "wb") as output:
            self.running[name] = spawn(command, self.o.gen_cpu, output=output)

    def start_callee(self, name):
        self.sipp(name + ".uas", self.callees[name][0], ["-mp", "7000"])

    def start_caller(self, flow, calls, rate, name):
        gateway = "127.0.0.1:5070" if flow.is_user else "127.0.0.1:5060"
        self.sipp(name, self.callers[flow.name], [gateway, "-mp", "6000", "-r", f"{max(1, round(rate * 10))}", "-rp", "10000", "-m", str(calls), "-d", str(self.o.hold_ms), "-l", str(int(rate * 60) + 200)])

    def stop(self, name):
        process = self.running.pop(name, None)
        if process and process.poll() is None:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kill(self, name):
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop_all(self):
        for name in list(self.running):
            self.stop(name)


def look(program):
    """The least of a few looks: a question to the name server has a descriptor for a moment."""
    looks = [glance(program)]
    for _ in range(4):
        time.sleep(1)
        looks.append(glance(program))
    return {name: min(each[name] for each in looks) for name in looks[0]}


def gateway_of(program):
    return next(pid for pid in program.pids() if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "sipalg")


def kinds_of(pid):
    """What its descriptors are: files by name, the rest by kind; without the runtime's libraries, which it opens when it first needs them."""
    found = collections.Counter()
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[os.readlink(f"/proc/{pid}/fd/{descriptor}").split(":")[0]] += 1
        except OSError:
            pass
    return collections.Counter({name: count for name, count in found.items() if not name.endswith(".dll")})


def glance(program):
    pid = gateway_of(program)
    found = metrics()
    links = kinds_of(pid)
    return {**{name: found.get(name, 0) for name in [*ZERO, *FAULTS, *HEAP]}, "descriptors": sum(links.values()), "memory": program.memory()}


def lose(share):
    """Datagrams to and from the addresses of those who may lose some."""
    rule = f"numgen random mod 10000 < {int(share * 10000)} counter drop"
    subprocess.run(["nft", "-f", "-"], check=True, text=True, input=f"""
table inet endurance {{
    chain lose {{
        type filter hook input priority 0;
        meta l4proto udp ip daddr {{ 127.0.1.0/24, 127.0.2.0/24 }} {rule}
        meta l4proto udp ip saddr {{ 127.0.1.0/24, 127.0.2.0/24 }} {rule}
    }}
}}
""")


def scraper(folder, o):
    path = os.path.join(folder, "prometheus.yml")
    with open(path, "w") as file:
        file.write("global: { scrape_interval: 2s }\nscrape_configs: [ { job_name: sipalg, static_configs: [ { targets: ['127.0.0.1:8080'] } ] } ]\n")
    with open(os.path.join(folder, "prometheus.log"), "wb") as output:
        return spawn(["prometheus", f"--config.file={path}", f"--storage.tsdb.path={folder}/prometheus", f"--web.listen-address={PROMETHEUS}"], o.gen_cpu, output=output)


class Faults:
    """One after another, each so often."""

    def __init__(self, program, sides, names, every):
        self.program, self.sides, self.names, self.every = program, sides, names, every
        self.counts = {"reloads": 0, "kills": 0, "names dead": 0}
        self.begun, self.version = time.monotonic(), 0
        self.due = {"reload": every * 0.3, "kill": every * 0.5, "restart": None, "dead": every * 0.7, "alive": None}

    def go_on(self):
        now = time.monotonic() - self.begun
        for what, when in list(self.due.items()):
            if when is not None and now >= when:
                getattr(self, what)(now)

    def reload(self, now):
        self.version += 1
        self.sides.plan(self.version)
        for pid in self.program.pids():
            if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "sipalg":
                os.kill(pid, 1)
        self.counts["reloads"] += 1
        self.due["reload"] = now + self.every / 2

    def kill(self, now):
        self.sides.kill("brittle.uas")
        self.counts["kills"] += 1
        self.due.update(kill=now + self.every, restart=now + min(5, self.every / 4))

    def restart(self, now):
        self.sides.start_callee("brittle")
        self.due["restart"] = None

    def dead(self, now):
        self.names.dead = True
        self.counts["names dead"] += 1
        self.due.update(dead=now + self.every, alive=now + self.every / 3)

    def alive(self, now):
        self.names.dead = False
        self.due["alive"] = None

    def end(self):
        for what in ("restart", "alive"):
            if self.due[what] is not None:
                getattr(self, what)(0)


def place(sides, o, calls, rate, suffix, faults=None, budget=None):
    """Callers of all kinds at once; returns each kind's figures."""
    whole = sum(flow.share for flow in sides.flows)
    for flow in sides.flows:
        share = flow.share / whole
        sides.start_caller(flow, max(1, round(calls * share)), rate * share, f"{flow.name}.uac")
    begun = time.monotonic()
    deadline, told = begun + (budget or calls / rate * 1.5 + 180), begun
    while time.monotonic() < deadline and (under_way := [flow.name for flow in sides.flows if sides.running[f"{flow.name}.uac"].poll() is None]):
        if faults:
            faults.go_on()
        if time.monotonic() - told > PROGRESS:
            told = time.monotonic()
            tell(sides, suffix, told - begun, under_way)
        time.sleep(0.2)
    if faults:
        faults.end()
    result = {}
    for flow in sides.flows:
        sides.stop(f"{flow.name}.uac")
        result[flow.name] = figures(sides, flow)
        for kind in ("csv", "errors"):
            source = os.path.join(sides.folder, f"{flow.name}.uac.{kind}")
            if os.path.exists(source):
                os.replace(source, os.path.join(sides.folder, f"{flow.name}.{suffix}.{kind}"))
    return result


def figures(sides, flow):
    """What the callers of a kind have counted so far."""
    table = rows(os.path.join(sides.folder, f"{flow.name}.uac.csv"))
    last = table[-1] if table else {}
    return {key: int(float(last.get(column) or 0)) for key, column in
            (("placed", "TotalCallCreated"), ("ok", "SuccessfulCall(C)"), ("failed", "FailedCall(C)"), ("repeated", "Retransmissions(C)"))}


def tell(sides, suffix, seconds, under_way):
    all_of = [figures(sides, flow) for flow in sides.flows]
    placed, ok, failed = (sum(each[key] for each in all_of) for key in ("placed", "ok", "failed"))
    found = metrics()
    memory = ", ".join(f"{name} {found.get(metric, 0) / 1e6:.0f}" for name, metric in (("resident", "process_resident_memory_bytes"), ("heap", "dotnet_gc_heap_bytes")))
    print(f"{suffix}: {seconds:.0f} s, {placed} calls, {ok} ended well, {failed} failed; MB: {memory}; " +
          ("all kinds under way" if len(under_way) == len(sides.flows) else f"under way: {', '.join(under_way)}"), flush=True)


def why(sides, suffix):
    """What callers say of calls that failed and should not have, and their callees of the same."""
    said = []
    for flow in sides.flows:
        for name in [f"{flow.name}.{suffix}", *(f"{callee}.uas" for callee in flow.callees)]:
            path = os.path.join(sides.folder, name + ".errors")
            if not flow.may_fail and os.path.exists(path):
                with open(path, errors="replace") as file:
                    said += [f"{name}: {line[:300].rstrip()}" for line in file if "Aborting" in line][:5]
    return said


def show(row):
    print(f"{'flow':<12}{'placed':>10}{'ok':>10}{'failed':>8}{'repeated':>10}")
    for name, figures in row["flows"].items():
        print(f"{name:<12}{figures['placed']:>10}{figures['ok']:>10}{figures['failed']:>8}{figures['repeated']:>10}")
    print(f"{row['placed']} calls in {row['wall']:.0f} s; {row['failed']} failed, {row['brittle']} of them to the callee that is killed; faults: {row['faults']}")
    print(f"{'':<36}{'before':>14} {'after':>14}")
    for name in row["before"]:
        print(f"{name:<36}{row['before'][name]:>14.0f} {row['after'][name]:>14.0f}")
    if row["opened"]:
        print(f"opened since: {row['opened']}")
    if row["failed"] > row["brittle"]:
        print("\n".join(row["why"]))
    print("as at the start" if row["pass"] else "NOT as at the start, or calls failed", flush=True)


def judge(row, o):
    before, after = row["before"], row["after"]
    return (row["failed"] == row["brittle"] and row["placed"] >= o.calls * 0.99 and not any(after[name] for name in [*ZERO, *FAULTS])
            and before["descriptors"] == after["descriptors"] and after["memory"] - before["memory"] <= o.most_left_mb * 1e6)


def endure(program, sides, names, o):
    for name in sides.callees:
        sides.start_callee(name)
    time.sleep(1)
    # With all faults too: what the runtime needs for a reload it keeps from the first one on.
    warm = Faults(program, sides, names, o.fault_secs)
    place(sides, o, int(o.rate * o.warm_secs), o.rate, "warm", warm)
    time.sleep(o.after_secs)
    row = {"before": look(program)}
    held = kinds_of(gateway_of(program))
    begun = time.time()
    faults = Faults(program, sides, names, o.fault_secs)
    row["flows"] = place(sides, o, o.calls, o.rate, "run", faults)
    row["wall"] = time.time() - begun
    time.sleep(o.after_secs)
    row.update(after=look(program), opened=dict(kinds_of(gateway_of(program)) - held), faults=faults.counts, placed=sum(flow["placed"] for flow in row["flows"].values()), failed=sum(flow["placed"] - flow["ok"] for flow in row["flows"].values()),
               brittle=sum(row["flows"][flow.name]["placed"] - row["flows"][flow.name]["ok"] for flow in sides.flows if flow.may_fail))
    row["why"] = why(sides, "run")
    row["pass"] = judge(row, o)
    graph.draw(begun - 10, time.time(), o.graph, PROMETHEUS)
    return row


def main():
    o = options()
    end_on_signal()
    row = None
    with shared.scratch() as folder:
        names = NameServer(NAME, "127.0.0.1")
        sides = Sides(o, folder)
        names.address = sides.callees["named"][0]
        sides.write()
        capture(os.path.join(folder, "rtp.pcap"))
        lose(o.loss)
        name, command = shared.systems(o)[0]
        program = scraping = None
        try:
            os.chdir(folder)
            program = shared.start(name, command.replace("{folder}", folder), o, folder)
            scraping = scraper(folder, o)
            row = endure(program, sides, names, o)
            show(row)
            shared.save(o, row)
        finally:
            sides.stop_all()
            if scraping:
                scraping.terminate()
                scraping.wait()
            if program:
                print(program.log_tail(), file=sys.stderr)
                program.stop()
    sys.exit(0 if row and row["pass"] else 1)


main()
