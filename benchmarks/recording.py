#!/usr/bin/env python3
"""What it costs to record calls: CPU per call of the gateway with and without, in one run.

  recording.py --sut sipalg='exec peers/gateway-recording.sh PROGRAM OUT on' \\
               --sut sipalg-unrecorded='exec peers/gateway-recording.sh PROGRAM OUT off'

Both run all the time, the second one at the next port, and get calls in turns, so that both are
warm and the drift of the machine falls on both alike. The figure is the ratio of the medians; that
of each turn shows how far it spreads.
"""
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import cpu_times, end_on_signal, quiet_slot
from process import Program
from sipp import Generator


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--rate", type=int, default=800, help="calls per second")
    parser.add_argument("--secs", type=float, default=4, help="of one turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--warm", type=int, default=9000, help="calls of each system before the first turn")
    parser.add_argument("--hold-ms", type=int, default=200)
    parser.add_argument("--caller-port", type=int, default=5070)
    return parser.parse_args()


def turn(system, count, tag, o, folder):
    program, gateway = system
    generator = Generator(gateway, o.uas, o.caller_port, o.gen_cpu, folder)
    before, steal = sum(program.cpu()), cpu_times(min(o.sut_cpu))[1]
    try:
        row = generator.calls(o.rate, count, o.hold_ms, f"{program.name}.{tag}")
    finally:
        generator.stop()
    row.update(sut=program.name, rate=o.rate, cpu_ms=(sum(program.cpu()) - before) / max(1, row["ok"]) * 1e3, steal=cpu_times(min(o.sut_cpu))[1] - steal)
    return row


def measure(systems, o, folder):
    for system in systems:
        turn(system, o.warm, "warm", o, folder)
    rows = []
    for number in range(o.turns):
        for system in systems if number % 2 == 0 else systems[::-1]:
            row = turn(system, int(o.rate * o.secs), str(number), o, folder)
            print(f"{row['sut']:<18} {row['achieved']:>5.0f} calls/s  failed {row['failed']}  retransmitted {row['retransmissions']}  {row['cpu_ms']:.3f} ms a call  steal {row['steal']:.2f} s", flush=True)
            shared.save(o, row)
            rows.append(row)
    return rows


def tell(systems, rows):
    def of(name):
        return [row for row in rows if row["sut"] == name]
    medians = []
    print("\n| | CPU ms a call, median | of its turns | calls |\n| --- | --- | --- | --- |")
    for program, _ in systems:
        own = of(program.name)
        medians.append(statistics.median(row["cpu_ms"] for row in own))
        print(f"| {program.name} | {medians[-1]:.3f} | {min(row['cpu_ms'] for row in own):.3f}–{max(row['cpu_ms'] for row in own):.3f} | {sum(row['ok'] for row in own)} |")
    with_it, without = (sorted(own, key=rows.index) for own in (of(program.name) for program, _ in systems))
    ratios = [one["cpu_ms"] / other["cpu_ms"] for one, other in zip(with_it, without)]
    print(f"\nRecording: {100 * (medians[0] / medians[1] - 1):+.1f} % of a call's CPU; turn by turn {100 * (statistics.median(ratios) - 1):+.1f} % "
          f"({100 * (min(ratios) - 1):+.1f} to {100 * (max(ratios) - 1):+.1f} %)")


def main():
    o = options()
    end_on_signal()
    systems = []
    with shared.scratch() as folder, quiet_slot(o.quiet_wait):
        try:
            for number, (name, command) in enumerate(shared.systems(o)):
                gateway = (o.gw[0], o.gw[1] + number)
                environment = {"GW_ADDR": "%s:%d" % gateway, "ADMIN_ADDR": "127.0.0.1:%d" % (8080 + number), "UAS_ADDR": "%s:%d" % o.uas}
                systems.append((Program(name, command, o.sut_cpu, environment, os.path.join(folder, name + ".log")), gateway))
            time.sleep(4)
            for program, _ in systems:
                if not program.alive():
                    sys.exit(f"{program.name} has ended; its log ends:\n{program.log_tail()}")
            tell(systems, measure(systems, o, folder))
        finally:
            for program, _ in systems:
                program.stop()


main()
