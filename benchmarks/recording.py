#!/usr/bin/env python3
"""What it costs to record calls: CPU per call of the same gateway with and without, in one run.

  recording.py --pairs 6 --sut sipalg='exec /path/to/sipalg run --config sipalg.yaml' \\
               --sut sipalg-unrecorded='exec peers/gateway-unrecorded.sh /path/to/sipalg out'

The two take turns, first one first, then the other, so that drift of the machine falls on both
alike. What counts is the ratio of the medians; each pair's own ratio shows how far it spreads.
"""
import os
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import end_on_signal
import signalling


def options():
    parser = signalling.parser(__doc__)
    parser.add_argument("--pairs", type=int, default=6)
    parser.set_defaults(rates="400", secs=8, warm=1200, tries=1)
    return parser.parse_args()


def main():
    o = options()
    end_on_signal()
    rate, systems, ratios, rows = int(o.rates), shared.systems(o), [], {}
    if len(systems) != 2:
        sys.exit("Two systems: with and without.")
    print(signalling.HEADER, flush=True)
    with shared.scratch() as folder:
        for pair in range(o.pairs):
            taken = {}
            for name, command in systems if pair % 2 == 0 else systems[::-1]:
                row = signalling.least_disturbed(name, command, rate, f"{name}.{pair}", o, folder)
                signalling.show(row)
                shared.save(o, row)
                if row["pass"] and row["valid"]:
                    taken[name] = row["cpu_ms"]
                    rows.setdefault(name, []).append(row["cpu_ms"])
            if len(taken) == 2:
                ratios.append(taken[systems[0][0]] / taken[systems[1][0]])
    if not ratios:
        sys.exit("No valid pair.")
    medians = [statistics.median(rows[name]) for name, _ in systems]
    print("\n| | CPU ms a call, median (range) | rows |\n| --- | --- | --- |")
    for (name, _), median in zip(systems, medians):
        print(f"| {name} | {median:.3f} ({min(rows[name]):.3f}–{max(rows[name]):.3f}) | {len(rows[name])} |")
    print(f"\nRecording costs {100 * (medians[0] / medians[1] - 1):+.1f} % of a call's CPU; "
          f"pair by pair {100 * (statistics.median(ratios) - 1):+.1f} % ({100 * (min(ratios) - 1):+.1f} to {100 * (max(ratios) - 1):+.1f} %, {len(ratios)} pairs)")


main()
