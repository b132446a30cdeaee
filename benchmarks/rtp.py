#!/usr/bin/env python3
"""Packets relayed, loss, latency and CPU per packet of one or more relays, in one run.

  rtp.py --steps 200,500 --sut sipalg='sip:exec /path/to/sipalg run --config sipalg.yaml' \\
         --sut kamailio='sip:MEDIA=1 exec peers/kamailio-rtpengine/start.sh' \\
         --sut rtpengine=ng:peers/kamailio-rtpengine/rtpengine.sh --sut c=floor:latch

Before the colon: sip (sessions made by calls through the gateway), ng (made at
rtpengine directly), sipsrtp and ngsrtp (the same, one leg SDES-SRTP), floor (a
relay in C, in that mode). A session is two streams of 50 packets a second and 172 octets,
so 100 packets a second through the relay. Systems take turns; a void row is
measured again. At the end: medians, and what sipalg takes beside the others.

  --beside-calls 200: SIPp places 200 calls a second meanwhile, through the relay's
own gateway, or beside a relay in C through --signalling COMMAND. The generator
then sleeps between its turns, so that SIPp gets its CPU too: the delay counts.
"""
import os
import sys
import threading
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "lib"))
import arguments as shared
import rtpload
from machine import end_on_signal, quiet_slot
from process import Program
from sipp import Generator

# What SRTP on one leg may add to a packet of the plain relay, and what the whole may be of rtpengine's.
MOST_ADDED_US, MOST_OF_RTPENGINE = 1.2, 0.6

# What sipalg's median may be of the other's.
TARGETS = {"us_per_pkt": {"c": 1.15, "rtpengine": 0.75}}


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--steps", default="300,500", help="sessions")
    rtpload.add_options(parser)
    parser.add_argument("--keep-going", action="store_true", help="go on after a failed step")
    parser.add_argument("--beside-calls", type=int, default=0, metavar="RATE", help="calls a second meanwhile")
    parser.add_argument("--signalling", metavar="COMMAND", help="what takes these calls beside a relay in C")
    parser.add_argument("--caller-port", type=int, default=5070)
    return parser.parse_args()


class Calls:
    """Calls by SIPp, as long as the generator runs."""

    def __init__(self, o, folder, name):
        seconds = o.secs + o.warm
        self.generator = Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder)
        self.row = {}
        self.thread = threading.Thread(target=lambda: self.row.update(self.generator.calls(
            o.beside_calls, int(o.beside_calls * seconds), 200, f"{name}.beside", budget=seconds + 5)))
        self.thread.start()
        # SIPp's start is no call yet.
        time.sleep(1)

    def result(self):
        self.thread.join()
        return {key: self.row.get(key) for key in ("n", "ok", "failed", "retransmissions")}


def command_of(kind, argument, sessions, legs, o):
    if kind == "floor":
        return f"exec {here}/out/rtpfloor {argument} {sessions} {legs}"
    return shared.fill(argument, o)


def measure(name, specification, sessions, o, folder):
    kind, argument = specification.split(":", 1)
    legs = os.path.join(folder, "legs")
    setup = calls = None
    programs = [Program(name, command_of(kind, argument, sessions, legs, o), o.sut_cpu, shared.environment(o),
                        os.path.join(folder, name + ".log"))]
    try:
        if kind == "floor" and o.beside_calls:
            programs.append(shared.start("signalling", o.signalling, o, folder))
        setup = rtpload.establish(kind, sessions, legs, o)
        memory = programs[0].memory()
        if o.beside_calls:
            if setup:
                setup.close()       # SIPp's callee takes its port
            calls = Calls(o, folder, name)
        row = rtpload.load(legs, [pid for program in programs for pid in program.pids()], o, folder, *(["-n", "50"] if calls else []))
        row.update(sut=name, m=sessions, mem=memory, calls=calls.result() if calls else None)
        rtpload.judge(row, sessions, o)
        if calls and row["calls"]["failed"]:
            row["valid"], row["why"] = False, row["why"] + f" (void: {row['calls']['failed']} calls failed)"
        return row
    finally:
        if calls:
            calls.generator.stop()
            calls.thread.join()
        if setup:
            setup.close()
        for program in programs:
            program.stop()


def show(r):
    latency = r["lat_us"]
    print(f"{r['sut']:<17}{r['m']:>5} {r['sent'] / r['secs']:>8.0f} {r['pps']:>9.0f} {r['loss_pct']:>7.3f}   "
          f"{r['us_per_pkt']:>6.2f} ({r['us_user']:.2f}+{r['us_sys']:.2f}) {100 * r['sut_core']:>6.0f} "
          f"{latency['p50']:>7.0f} {latency['p99']:>6.0f} {latency['p999']:>7.0f} "
          f"{r['gen_lag_us']['avg']:>7.0f}/{r['gen_lag_us']['max']:<7.0f}{r['foreign_s']:>9.2f} {r['steal_s']:>8.2f}  {r['why']}", flush=True)


def conclude(rows, o):
    figures = [("us/packet", "us_per_pkt", lambda row: row["us_per_pkt"])] if not o.beside_calls else []
    figures += [("p99 us", "p99", lambda row: row["lat_us"]["p99"]), ("p99.9 us", "p999", lambda row: row["lat_us"]["p999"])]
    for sessions in sorted({row["m"] for row in rows}):
        for title, key, figure in figures:
            medians = {name: rtpload.middle([row for row in rows if row["sut"] == name and row["m"] == sessions and row["valid"]], figure)
                       for name, _ in shared.systems(o)}
            line = f"{sessions:>5} sessions, median {title:<10}" + "".join(
                f"  {name} {value:.2f}" if value else f"  {name} –" for name, value in medians.items())
            own = medians.get("sipalg")
            for name, value in medians.items():
                if own and value and name != "sipalg":
                    target = TARGETS.get(key, {}).get(name)
                    line += f"  | to {name} {own / value:.2f}" + (f" (at most {target}: {'kept' if own / value <= target else 'MISSED'})" if target else "")
            print(line)
            if key == "us_per_pkt":
                conclude_srtp(medians)


def conclude_srtp(medians):
    plain, other = medians.get("sipalg"), medians.get("rtpengine-srtp")
    for name, way in (("sipalg-srtp", "by sockets"), ("sipalg-srtp-ring", "by a ring")):
        srtp = medians.get(name)
        if srtp and plain:
            print(f"      SRTP on one leg adds {srtp - plain:.2f} us {way} (at most {MOST_ADDED_US}: {'kept' if srtp - plain <= MOST_ADDED_US else 'MISSED'})")
        if srtp and other:
            print(f"      the whole is {srtp / other:.2f} of rtpengine's {way} (at most {MOST_OF_RTPENGINE}: {'kept' if srtp / other <= MOST_OF_RTPENGINE else 'MISSED'})")


def main():
    o = options()
    end_on_signal()
    if o.beside_calls and not o.signalling and any(specification.startswith("floor:") for _, specification in shared.systems(o)):
        sys.exit("--beside-calls with a relay in C wants --signalling")
    rows, out_of_race = [], set()
    print("relay             sess  offered   relayed   loss%   us/pkt (usr+sys)  core%   p50us  p99us p99.9us  "
          "gen lag avg/max us  foreign s  steal s", flush=True)
    with shared.scratch() as folder:
        for sessions in map(int, o.steps.split(",")):
            def once(name, specification):
                with quiet_slot(o.quiet_wait):
                    return measure(name, specification, sessions, o, folder)
            for name, row in rtpload.rounds([system for system in shared.systems(o) if system[0] not in out_of_race], o, once):
                if isinstance(row, Exception):
                    with open(os.path.join(folder, name + ".log"), errors="replace") as log:
                        print(f"{name:<16}{sessions:>5}  could not be measured: {row!r}; its log ends:\n{log.read()[-300:]}", flush=True)
                    out_of_race.add(name)
                    continue
                show(row)
                shared.save(o, row)
                rows.append(row)
            for name, _ in shared.systems(o):
                if not o.keep_going and not any(row["pass"] for row in rows if (row["sut"], row["m"]) == (name, sessions)):
                    out_of_race.add(name)
    print()
    conclude(rows, o)


main()
