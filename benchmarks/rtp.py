#!/usr/bin/env python3
"""Packets relayed, loss, latency and CPU per packet of one or more relays, in one run.

  rtp.py --steps 200,500 --sut sipalg='sip:exec /path/to/sipalg run --config sipalg.yaml' \\
         --sut kamailio='sip:MEDIA=1 exec peers/kamailio-rtpengine/start.sh' \\
         --sut rtpengine=ng:peers/kamailio-rtpengine/rtpengine.sh --sut c=floor:simple

Before the colon: sip (sessions made by calls through the gateway), ng (made at
rtpengine directly), ngsrtp (the same, one leg SDES-SRTP), floor (a relay in C,
in that mode). A session is two streams of 50 packets a second and 172 octets,
so 100 packets a second through the relay.
"""
import json
import os
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "lib"))
import arguments as shared
import ng
import sip_setup
from machine import end_on_signal, quiet_slot, udp_buffer_errors, wait_for_udp
from process import Program


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--steps", default="200,500,700,900", help="sessions")
    parser.add_argument("--secs", type=float, default=10)
    parser.add_argument("--warm", type=float, default=8, help="seconds before, not counted")
    parser.add_argument("--window", type=int, default=16, help="calls in set-up at a time")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--tries", type=int, default=2, help="as in signalling.py")
    parser.add_argument("--max-foreign", type=float, default=0.06)
    parser.add_argument("--max-loss", type=float, default=0.1, metavar="PERCENT")
    parser.add_argument("--max-p99-ms", type=float, default=20, help="one packet time: beyond it the relay lives off socket buffers")
    parser.add_argument("--keep-going", action="store_true", help="go on after a failed step")
    return parser.parse_args()


def command_of(kind, argument, sessions, legs, o):
    if kind == "floor":
        return f"exec {here}/out/rtpfloor {argument} {sessions} {legs}"
    return shared.fill(argument, o)


def establish(kind, sessions, legs, o):
    """Makes the sessions; returns what to close at the end, or nothing."""
    if kind == "floor":
        time.sleep(1)
        return None
    if kind in ("ng", "ngsrtp"):
        wait_for_udp(22222)
        time.sleep(0.5)
        ng.setup(sessions, legs, kind == "ngsrtp")
        return None
    wait_for_udp(o.gw[1])
    time.sleep(1.5)
    setup = sip_setup.Setup(o.gw, o.uas, window=o.window)
    setup.up(sessions, legs)
    return setup


def judge(row, sessions, o):
    # A row speaks of the relay only if the generator kept to its schedule and
    # the hypervisor did not take the cores away meanwhile.
    row["valid"] = (abs(row["sent"] / o.secs / (100 * sessions) - 1) < 0.02
                    and row["gen_lag_us"]["avg"] < 1000 and row["steal_s"] < 0.05 * o.secs)
    late = row["lat_us"]["p99"] > o.max_p99_ms * 1000
    lossy = row["loss_pct"] > o.max_loss or not row["recv"]
    row["pass"] = not late and not lossy and row["valid"]
    row["why"] = ("LOSS" if lossy else "LATE" if late else "") + ("" if row["valid"] else " (void: generator or hypervisor)")


def measure(name, kind, argument, sessions, o, folder):
    legs = os.path.join(folder, "legs")
    setup = generator = None
    program = Program(name, command_of(kind, argument, sessions, legs, o), o.sut_cpu, shared.environment(o),
                      os.path.join(folder, name + ".log"))
    try:
        setup = establish(kind, sessions, legs, o)
        memory, errors = program.memory(), udp_buffer_errors()
        generator = Program("generator", [
            f"{here}/out/rtpload", "-c", str(min(o.gen_cpu)), "-s", str(min(o.sut_cpu)), "-t", str(o.secs),
            "-w", str(o.warm), "-P", ",".join(map(str, program.pids())), legs],
            o.gen_cpu, log=os.path.join(folder, "generator.log"))
        generator.process.wait(o.secs + o.warm + 30)
        row = json.loads(generator.log_tail(4000).strip().split("\n")[-1])
        row.update(sut=name, m=sessions, mem=memory, rcvbuf=udp_buffer_errors() - errors)
        judge(row, sessions, o)
        return row
    finally:
        if generator:
            generator.stop()
        if setup:
            setup.close()
        program.stop()


def least_disturbed(name, kind, argument, sessions, o, folder):
    best = None
    for _ in range(o.tries):
        with quiet_slot(o.quiet_wait):
            row = measure(name, kind, argument, sessions, o, folder)
        if best is None or row["foreign_s"] + row["steal_s"] < best["foreign_s"] + best["steal_s"]:
            best = row
        if best["foreign_s"] < o.max_foreign * o.secs:
            break
    return best


def show(r):
    latency = r["lat_us"]
    print(f"{r['sut']:<16}{r['m']:>5} {r['sent'] / r['secs']:>8.0f} {r['pps']:>9.0f} {r['loss_pct']:>7.3f}   "
          f"{r['us_per_pkt']:>6.2f} ({r['us_user']:.2f}+{r['us_sys']:.2f}) {100 * r['sut_core']:>6.0f} "
          f"{latency['p50']:>7.0f} {latency['p99']:>6.0f} {latency['p999']:>7.0f} "
          f"{r['gen_lag_us']['avg']:>7.0f}/{r['gen_lag_us']['max']:<7.0f}{r['foreign_s']:>9.2f} {r['steal_s']:>8.2f}  {r['why']}", flush=True)


def main():
    o = options()
    end_on_signal()
    best, out_of_race = {}, set()
    print("relay            sess  offered   relayed   loss%   us/pkt (usr+sys)  core%   p50us  p99us p99.9us  "
          "gen lag avg/max us  foreign s  steal s", flush=True)
    with shared.scratch() as folder:
        for sessions in map(int, o.steps.split(",")):
            for repeat in range(o.repeat):
                for name, specification in shared.systems(o):
                    if name in out_of_race:
                        continue
                    kind, argument = specification.split(":", 1)
                    try:
                        row = least_disturbed(name, kind, argument, sessions, o, folder)
                    except (RuntimeError, OSError, ValueError) as error:
                        with open(os.path.join(folder, name + ".log"), errors="replace") as log:
                            print(f"{name:<16}{sessions:>5}  could not be measured: {error!r}; its log ends:\n{log.read()[-300:]}", flush=True)
                        out_of_race.add(name)
                        continue
                    show(row)
                    shared.save(o, row)
                    if row["pass"]:
                        best[name] = row
                    elif not o.keep_going and repeat == o.repeat - 1:
                        out_of_race.add(name)
                    time.sleep(1)
    print("\nlargest step within the limits, and what its cost implies for a full core:")
    for name, _ in shared.systems(o):
        row = best.get(name)
        print(f"  {name:<16} " + (f"{row['m']} sessions, {row['pps']:.0f} packets/s at {row['us_per_pkt']:.2f} us each: "
                                  f"{1e6 / row['us_per_pkt'] if row['us_per_pkt'] else 0:.0f} packets/s a core" if row else "none"))


main()
