#!/usr/bin/env python3
"""Memory of held calls, in cycles: before, held, and some time after the last.

  hold.py --calls 4500 --cycles 3 --sut sipalg='exec /path/to/sipalg run --config sipalg.yaml'

A cycle builds up the calls, holds them, hangs up and waits; the program runs
through all cycles, so that what a cycle leaves behind shows in the next one.
Memory is the proportional set size of all processes of the system; the kernel's
memory for sockets is not in it.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import end_on_signal, quiet_slot
from sipp import Generator


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--calls", type=int, default=4500, help="calls held at a time")
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--ramp", type=int, default=300, help="calls per second while building up and hanging up")
    parser.add_argument("--hold-secs", type=int, default=30)
    parser.add_argument("--after-secs", type=int, default=60, help="from the last hang-up to the measurement after it")
    parser.add_argument("--warm", type=int, default=2000, help="calls at 200/s before the first cycle")
    parser.add_argument("--caller-port", type=int, default=5070)
    return parser.parse_args()


def cycle(program, generator, number, o):
    before = program.memory()
    ramp = o.calls / o.ramp
    held, cpu = [], []

    def watch(seconds):
        if not ramp + 3 < seconds < ramp + o.hold_secs - 2:
            return
        if not cpu or seconds - cpu[-1][0] > 5:
            cpu.append((seconds, sum(program.cpu())))
            held.append(program.memory())
    row = generator.calls(o.ramp, o.calls, int((ramp + o.hold_secs) * 1000), f"hold.{program.name}.{number}",
                          limit=o.calls + 10, during=watch, budget=2 * ramp + o.hold_secs + 60)
    time.sleep(o.after_secs)
    idle = (cpu[-1][1] - cpu[0][1]) / (cpu[-1][0] - cpu[0][0]) if len(cpu) > 1 else 0
    level = max(held, default=0)
    row.update(sut=program.name, cycle=number, before=before, held=level, after=program.memory(),
               per_call=(level - before) / o.calls, idle_cpu=idle)
    return row


def show(r):
    print(f"{r['sut']:<16}{r['cycle']:>5} {r['ok']:>7} {r['retransmissions']:>6} {r['before'] / 1e6:>10.1f} "
          f"{r['held'] / 1e6:>8.1f} {r['after'] / 1e6:>8.1f} {r['per_call'] / 1024:>10.2f} "
          f"{(r['after'] - r['before']) / 1e6:>+9.1f} {100 * r['idle_cpu']:>8.2f}", flush=True)


def main():
    o = options()
    end_on_signal()
    print("system          cycle  calls ok   retr  before MB  held MB after MB   KiB/call    left MB  idle CPU%")
    with shared.scratch() as folder:
        for name, command in shared.systems(o):
            with quiet_slot(o.quiet_wait):
                program = generator = None
                try:
                    program = shared.start(name, command, o, folder)
                    generator = Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder)
                    if o.warm:
                        generator.calls(200, o.warm, 50, f"hold.{name}.warm")
                    program.settle()
                    for number in range(1, o.cycles + 1):
                        row = cycle(program, generator, number, o)
                        show(row)
                        shared.save(o, row)
                finally:
                    if generator:
                        generator.stop()
                    if program:
                        program.stop()


main()
