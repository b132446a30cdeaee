#!/usr/bin/env python3
"""What many calls in fast succession leave behind: ports, descriptors, map entries, memory.

  soak.py --calls 200000 --rate 420 --sut sipalg='exec peers/gateway-soak.sh /path/to/sipalg /tmp/soak'

Each call has some RTP of the caller, which the callee sends back. What the gateway
holds is read before and afterwards, when it is quiet again: its own figures, and beside
them those of the system (descriptors, entries of BPF maps, proportional set size).
"""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
import bpf
from admin import metrics
from capture import capture
from machine import end_on_signal, quiet_slot
from sipp import SCENARIOS, Generator

GAUGES = ["sipalg_calls_active", "sipalg_kept_messages", "sipalg_timers_active", "sipalg_media_ports_in_use", "sipalg_rtp_kernel_flows", "sipalg_rtp_kernel_interfaces"]
COUNTERS = ["sipalg_rtp_packets_total", "sipalg_rtp_kernel_packets_total", "sipalg_rtp_dropped_total", "sipalg_media_ports_leaked_total"]


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--calls", type=int, default=200000)
    parser.add_argument("--rate", type=int, default=420, help="calls a second")
    parser.add_argument("--hold-ms", type=int, default=200)
    parser.add_argument("--warm", type=int, default=6000, help="calls before the first look")
    parser.add_argument("--after-secs", type=int, default=45, help="from the last hang-up to a look: no answer is kept any more")
    parser.add_argument("--caller-port", type=int, default=5070)
    parser.add_argument("--most-left-mb", type=float, default=5, help="memory afterwards beyond that before: more is a leak")
    return parser.parse_args()


def scenarios(folder):
    for name in ("uac-media.xml", "uas.xml"):
        shutil.copy(os.path.join(SCENARIOS, name), folder)
    capture(os.path.join(folder, "rtp.pcap"))


def look(program):
    pid = next(pid for pid in program.pids() if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "sipalg")
    found = metrics()
    return {**{name: found.get(name) for name in GAUGES + COUNTERS}, "descriptors": descriptors(pid),
            "map entries": bpf.entries(pid), "sockets": sockets(), "memory": program.memory()}


def descriptors(pid):
    """All but those of the runtime's libraries, which it opens when it first needs them."""
    folder, count = f"/proc/{pid}/fd", 0
    for name in os.listdir(folder):
        try:
            count += not os.readlink(os.path.join(folder, name)).endswith(".dll")
        except FileNotFoundError:
            pass    # closed meanwhile
    return count


def sockets():
    """UDP sockets of this namespace."""
    with open("/proc/net/udp") as file:
        return len(file.readlines()) - 1


def soak(program, generator, o):
    generator.calls(200, o.warm, o.hold_ms, "warm")
    time.sleep(o.after_secs)
    before = look(program)
    highest = {}

    def watch(seconds):
        if int(seconds * 10) % 100 == 50:
            for name, value in look(program).items():
                highest[name] = max(highest.get(name, 0), value or 0)
    row = generator.calls(o.rate, o.calls, o.hold_ms, "soak", during=watch)
    time.sleep(o.after_secs)
    row.update(sut=program.name, before=before, highest=highest, after=look(program))
    row["pass"] = (row["failed"] <= 0.001 * row["n"] and all(before[name] == row["after"][name] for name in [*GAUGES, "descriptors", "sockets", "map entries"])
                   and not row["after"]["sipalg_media_ports_leaked_total"] and row["after"]["memory"] - before["memory"] <= o.most_left_mb * 1e6)
    return row


def show(r):
    print(f"{r['sut']}: {r['ok']} of {r['n']} calls at {r['achieved']:.0f}/s, {r['retransmissions']} messages repeated")
    print(f"{'':<36}{'before':>14} {'highest':>14} {'after':>14}")
    for name in r["before"]:
        values = [table.get(name) for table in (r["before"], r["highest"], r["after"])]
        print(f"{name:<36}" + " ".join(f"{'–' if value is None else format(value, '.0f'):>14}" for value in values))
    print("as at the start" if r["pass"] else "NOT as at the start, or calls failed", flush=True)


def main():
    o = options()
    end_on_signal()
    passed = True
    with shared.scratch() as folder:
        scenarios(folder)
        for name, command in shared.systems(o):
            with quiet_slot(o.quiet_wait):
                program = generator = None
                try:
                    program = shared.start(name, command, o, folder)
                    generator = Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder, folder,
                                          ("uac-media", ["-mp", "6000"]), ["-mp", "7000", "-rtp_echo"])
                    row = soak(program, generator, o)
                    show(row)
                    shared.save(o, row)
                    passed = passed and row["pass"]
                finally:
                    if generator:
                        generator.stop()
                    if program:
                        program.stop()
    sys.exit(0 if passed else 1)


main()
