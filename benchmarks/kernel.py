#!/usr/bin/env python3
"""What a packet between two networks costs, and how long it takes: past the gateway, through it, through its process.

  sides.sh kernel.py --sut bare=bare: --sut forward=forward: \\
         --sut sipalg-kernel='sip:exec peers/gateway-between.sh /path/to/sipalg /tmp/between required' \\
         --sut rtpengine='ng:EXT_ADDR=10.255.1.1 INT_ADDR=10.255.2.1 exec peers/kamailio-rtpengine/rtpengine.sh' \\
         --sut c=floor:latch

Before the colon: bare (a link between both sides), forward (IP forwarding of this
namespace), sip, ng, floor, sipsrtp, ngsrtp (as in rtp.py). Each program is loaded twice: once by a generator
that sleeps between its turns, so that the busy time of all CPUs is that of the
packets' way, to whomever the kernel charges it ("both us" is what it charges to generator and program: less on
a machine that others use too); and once by one that never sleeps, for the delay. With SRTP there is the first load alone. With --collect, once more with full collections in the gateway.
"""
import os
import subprocess
import sys
import urllib.request

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "lib"))
import arguments as shared
import dotnet
import ng
import rtpload
from machine import end_on_signal, quiet_slot
from process import Program

ADMIN = "http://127.0.0.1:8080"


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--sessions", type=int, default=500, help="100 packets a second each")
    rtpload.add_options(parser)
    parser.add_argument("--turn-us", type=int, default=200, help="of the generator that sleeps")
    parser.add_argument("--collect", type=float, default=0, metavar="S", help="pause between full collections, in a third run")
    return parser.parse_args()


def leg_addrs(number):
    return ng.leg_addrs(number, ("10.1", "10.2"))


def route(o, through_here):
    """The way of each side to the other's network."""
    for side, network, here_at, other_at in ((os.environ["SIDE_A"], "10.2.0.0/16", "10.255.1.1", "10.255.3.2"),
                                             (os.environ["SIDE_B"], "10.1.0.0/16", "10.255.2.1", "10.255.3.1")):
        subprocess.run(["ip", "-n", side, "route", "replace", network, "via", here_at if through_here else other_at], check=True)


def forward(on):
    with open("/proc/sys/net/ipv4/ip_forward", "w") as file:
        file.write("1" if on else "0")


def without_relay(sessions, legs):
    with open(legs, "w") as file:
        for number in range(sessions):
            a, b = leg_addrs(number)[:2], leg_addrs(number)[2:]
            file.write("%s %d %s %d\n" % (*a, *b) + "%s %d %s %d\n" % (*b, *a))


def floor(mode, sessions, legs):
    """The relay in C, between both sides."""
    return f"exec {here}/out/rtpfloor {mode} {sessions} {legs} 0 10.255.1.1 10.255.2.1 10.1.0.0 10.2.0.0"


def metrics():
    """The gateway's, without labels; nothing of other systems."""
    try:
        with urllib.request.urlopen(ADMIN + "/metrics", timeout=5) as answer:
            lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#")]
    except OSError:
        return {}
    return {name: float(value) for name, value in lines}


def collections(found):
    return sum(value for name, value in found.items() if name.startswith("dotnet_gc_collections_total") and 'generation="2"' in name)


def measure(name, specification, o, folder):
    kind, argument = specification.split(":", 1)
    legs = os.path.join(folder, "legs")
    setup = program = None
    try:
        route(o, kind != "bare")
        forward(kind == "forward")
        if kind in ("bare", "forward"):
            without_relay(o.sessions, legs)
        else:
            program = Program(name, floor(argument, o.sessions, legs) if kind == "floor" else shared.fill(argument, o), o.sut_cpu, shared.environment(o), os.path.join(folder, name + ".log"))
            setup = rtpload.establish(kind, o.sessions, legs, o, of=leg_addrs)
        return loads(name, kind, program, legs, o, folder)
    finally:
        if setup:
            setup.close()
        if program:
            program.stop()


def loads(name, kind, program, legs, o, folder):
    spaces = ["-N", ",".join(f"/run/netns/{os.environ[side]}" for side in ("SIDE_A", "SIDE_B"))]
    pids = program.pids() if program else []
    row = rtpload.load(legs, pids, o, folder, *spaces, "-n", str(o.turn_us))
    rtpload.judge(row, o.sessions, o)
    # A second load would begin with the first one's numbers, which SRTP refuses as repeated.
    delay = dict(row) if kind.endswith("srtp") else rtpload.load(legs, pids, o, folder, *spaces)
    rtpload.judge(delay, o.sessions, o)
    both = row["gen_s"] + row["sut_user_s"] + row["sut_sys_s"]
    row.update(sut=name, m=o.sessions, machine_us=1e6 * row["machine_s"] / max(1, row["recv"]), both_us=1e6 * both / max(1, row["recv"]), delay=delay, collected=None)
    row["valid"] = row["valid"] and delay["valid"]
    if kind in ("sip", "sipsrtp"):
        found = metrics()
        row["flows"] = found.get("sipalg_rtp_kernel_flows", 0) + found.get("sipalg_rtp_ring_flows", 0)
    if kind == "sip" and o.collect:
        row["collected"] = collected(program, legs, spaces, o, folder)
    return row


def collected(program, legs, spaces, o, folder):
    """The delay while the gateway's runtime collects all that it has, again and again."""
    pid = next(pid for pid in program.pids() if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "sipalg")
    before = metrics()
    with dotnet.Collections(pid, o.collect):
        row = rtpload.load(legs, program.pids(), o, folder, *spaces)
    after = metrics()
    row["full_collections"] = collections(after) - collections(before)
    row["paused_s"] = after.get("dotnet_gc_pause_seconds_total", 0) - before.get("dotnet_gc_pause_seconds_total", 0)
    rtpload.judge(row, o.sessions, o)
    return row


def show(r):
    delay = r["delay"]["lat_us"]
    print(f"{r['sut']:<17}{r['pps']:>8.0f} {max(r['loss_pct'], r['delay']['loss_pct']):>7.3f} {r['machine_us']:>11.2f} {r['both_us']:>8.2f} {r['us_per_pkt']:>12.2f} "
          f"{delay['p50']:>7.0f} {delay['p99']:>7.0f} {delay['p999']:>8.0f} "
          f"{max(r['gen_lag_us']['avg'], r['delay']['gen_lag_us']['avg']):>8.0f} {max(r['steal_s'], r['delay']['steal_s']):>8.2f}  "
          f"{'' if r.get('flows') is None else 'flows %d ' % r['flows']}{r['why'] or r['delay']['why']}", flush=True)
    if r["collected"]:
        c = r["collected"]
        print(f"  {c['full_collections']:.0f} full collections, {1000 * c['paused_s']:.0f} ms of pauses: p50 {c['lat_us']['p50']:.0f}, p99 {c['lat_us']['p99']:.0f}, "
              f"p99.9 {c['lat_us']['p999']:.0f} us, lost {c['loss_pct']:.3f} %  {c['why']}", flush=True)


def verdict(title, value, most):
    print(f"{title:<72} {value:>7.2f}  at most {most:.2f}: {'kept' if value <= most else 'MISSED'}")


def conclude(rows, o):
    valid = {name: [row for row in rows if row["sut"] == name and row["valid"]] for name, _ in shared.systems(o)}
    cost = {name: rtpload.middle(found, lambda row: row["machine_us"]) for name, found in valid.items() if found}
    delay = {name: rtpload.middle(found, lambda row: row["delay"]["lat_us"]["p999"]) for name, found in valid.items() if found}
    bare = cost.get("bare")
    print("\nmedians        above the bare hop us/packet   both us   p99.9 us   with full collections   valid rows")
    for name in cost:
        collected = rtpload.middle([row["collected"] for row in valid[name] if row["collected"]], lambda row: row["lat_us"]["p999"])
        both = rtpload.middle(valid[name], lambda row: row["both_us"])
        print(f"{name:<17}{cost[name] - bare if bare else float('nan'):>27.2f} {both:>9.2f} {delay[name]:>10.0f} {collected if collected else '–':>23} {len(valid[name]):>12}")
    if not {"bare", "forward", "sipalg-kernel", "sipalg-user"} <= cost.keys():
        return
    above = {name: value - bare for name, value in cost.items()}
    print()
    verdict("kernel, above the bare hop, us/packet", above["sipalg-kernel"], 1.5)
    verdict("kernel to user space, above the bare hop", above["sipalg-kernel"] / above["sipalg-user"], 0.2)
    verdict("p99.9, kernel to the kernel's own forwarding", delay["sipalg-kernel"] / delay["forward"], 1.5)
    verdict("p99.9, kernel to user space", delay["sipalg-kernel"] / delay["sipalg-user"], 0.2)


def main():
    o = options()
    end_on_signal()
    print("system            packets/s   loss%  machine us  both us  of process us   p50us   p99us  p99.9us  gen lag  steal s", flush=True)
    rows = []
    with shared.scratch() as folder:
        def once(name, specification):
            with quiet_slot(o.quiet_wait):
                return measure(name, specification, o, folder)
        for name, row in rtpload.rounds(shared.systems(o), o, once):
            if isinstance(row, Exception):
                print(f"{name:<16}  could not be measured: {row!r}", flush=True)
                continue
            show(row)
            shared.save(o, row)
            rows.append(row)
    conclude(rows, o)


main()
