#!/usr/bin/env python3
"""What becomes of calls when more come than can be served: how many are answered
each second, how long those took to set up, what is refused and what is lost.

  overload.py --share 0.25 --rates 400,800,1600,3200 --sut sipalg='exec /path/to/sipalg run --config sipalg.yaml'

The system has only a share of a CPU (--share), so that one generator can offer
several times what it can do; it is taken in slices of a few milliseconds.
"""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import end_on_signal, quiet_slot
from sipp import SCENARIOS, Generator, rows

HEADER = "system          offered/s  answered/s  refused/s  lost/s   setup ms p50 / p99   retr%   core%  ms/call"


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--rates", default="400,800,1600,2400", help="calls per second")
    parser.add_argument("--secs", type=float, default=15)
    parser.add_argument("--skip", type=float, default=5, help="seconds at the beginning that do not count")
    parser.add_argument("--hold-ms", type=int, default=1000)
    parser.add_argument("--caller-port", type=int, default=5070)
    parser.add_argument("--share", type=float, default=0.25, help="of one CPU, for the system")
    parser.add_argument("--period-us", type=int, default=8000, help="of the slices in which it is given")
    parser.add_argument("--warm", type=int, default=6000, help="calls at 500/s before the first measurement, with the whole CPU")
    return parser.parse_args()


class Slice:
    """A control group (v1) with a share of a CPU; the namespace does not show where the host has mounted it."""

    def __init__(self, program, o, folder):
        self.root = os.path.join(folder, "cgroup")
        os.mkdir(self.root)
        subprocess.run(["mount", "-t", "cgroup", "-o", "cpu", "cgroup", self.root], check=True)
        self.group = os.path.join(self.root, f"sipalg-overload.{os.getpid()}")
        os.mkdir(self.group)
        self._write("cpu.cfs_period_us", o.period_us)
        self._write("cpu.cfs_quota_us", int(o.period_us * o.share))
        for pid in program.pids():
            self._write("cgroup.procs", pid)

    def end(self):
        with open(f"{self.group}/cgroup.procs") as members:
            for pid in members.read().split():
                with open(f"{self.root}/cgroup.procs", "w") as root:
                    root.write(pid)
        os.rmdir(self.group)
        subprocess.run(["umount", self.root], check=True)
        os.rmdir(self.root)

    def _write(self, name, value):
        with open(f"{self.group}/{name}", "w") as file:
            file.write(str(value))


def column(table, name):
    """A cumulative column, row by row: times of the run, in seconds, and values."""
    found = next((key for key in (table[0] if table else {}) if key.lower().startswith(name.lower())), None)
    values = []
    for row in table:
        hours, minutes, seconds = row["ElapsedTime(C)"].split(":")[:3]
        values.append((int(hours) * 3600 + int(minutes) * 60 + float(seconds), int(float(row[found])) if found else 0))
    return values


def within(table, name, begin, end):
    """What a cumulative column grew by, each second, between two times of the run."""
    values = column(table, name)
    first = max((value for value in values if value[0] <= begin), default=(0, 0))
    last = max((value for value in values if value[0] <= end), default=(0, 0))
    return (last[1] - first[1]) / max(0.001, last[0] - first[0])


def percentile(table, part, begin):
    """The upper bound, in ms, of the class that a part of the set-up times reaches, of calls answered after a time of the run."""
    if not table:
        return "-"
    before = [row for row, (at, _) in zip(table, column(table, "OutgoingCall(C)")) if at <= begin] or table[:1]
    classes = [(key, int(table[-1][key] or 0) - int(before[-1][key] or 0)) for key in table[-1] if key.startswith("ResponseTimeRepartition1_")]
    total, seen = sum(count for _, count in classes), 0
    for key, count in classes:
        seen += count
        if total and seen >= part * total:
            return key.rsplit("_", 1)[1]
    return "-"


def measure(program, rate, tag, o, folder):
    generator = Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder, SCENARIOS, caller=("uac-refused", []))
    cpu, begin = program.cpu(), time.monotonic()
    count = int(rate * o.secs)
    generator.calls(rate, count, o.hold_ms, tag, limit=count, budget=o.secs + 12)
    used, wall = sum(program.cpu()) - sum(cpu), time.monotonic() - begin
    table = rows(os.path.join(folder, tag + ".uac.csv"))
    span = (o.skip, o.secs)
    row = {"sut": program.name, "rate": rate, "share": o.share, "hold_ms": o.hold_ms,
           "offered": within(table, "OutgoingCall(C)", *span), "answered": within(table, "answered(C)", *span),
           "refused": within(table, "refused(C)", *span), "retransmissions": within(table, "Retransmissions(C)", *span),
           "p50": percentile(table, 0.5, o.skip), "p99": percentile(table, 0.99, o.skip), "core": used / o.secs, "wall": wall}
    done = row["answered"] + row["refused"]
    row["lost"] = max(0.0, row["offered"] - done)
    row["cpu_ms"] = 1e3 * used / max(1, row["answered"] * o.secs)
    return row


def show(r):
    print(f"{r['sut']:<16}{r['offered']:>9.0f} {r['answered']:>11.0f} {r['refused']:>10.0f} {r['lost']:>7.0f}   "
          f"{r['p50']:>9} / {r['p99']:<8} {100 * r['retransmissions'] / max(1, r['offered']):>6.1f} {100 * r['core']:>7.0f} {r['cpu_ms']:>8.3f}", flush=True)


def main():
    o = options()
    end_on_signal()
    print(HEADER, flush=True)
    with shared.scratch() as folder:
        for name, command in shared.systems(o):
            with quiet_slot(o.quiet_wait):
                program = shared.start(name, command, o, folder)
                Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder).calls(500, o.warm, 50, name + ".warm")
                program.settle()
                limited = Slice(program, o, folder)
                try:
                    for rate in map(int, o.rates.split(",")):
                        row = measure(program, rate, f"{name}.{rate}", o, folder)
                        show(row)
                        shared.save(o, row)
                        time.sleep(1)
                    if not program.alive():
                        print(f"{name}: died; its log ends:\n{program.log_tail()}")
                finally:
                    limited.end()
                    program.stop()


main()
