#!/usr/bin/env python3
"""Tables from result files: summarize.py signalling|rtp FILE

The median over the valid rows of each system and step, with the range. Void
rows (generator late, or cores taken by the hypervisor) are counted, not used.
"""
import collections
import json
import statistics
import sys

# title, key of the row or a function of it, format, how rows become one figure
SIGNALLING = [
    ("achieved", "achieved", "{:.0f}", statistics.median),
    ("failed %", "fail_pct", "{:.2f}", max),
    ("retransmitted %", "retr_pct", "{:.1f}", max),
    ("CPU ms/call", "cpu_ms", "{:.2f}", None),
    ("core %", lambda row: 100 * row["sut_util"], "{:.0f}", None),
    ("SIPp core %", lambda row: 100 * row["gen_util"], "{:.0f}", None),
]
RTP = [
    ("packets/s", "pps", "{:.0f}", statistics.median),
    ("lost %", "loss_pct", "{:.2f}", max),
    ("CPU µs/packet", "us_per_pkt", "{:.1f}", None),
    ("core %", lambda row: 100 * row["sut_core"], "{:.0f}", None),
    ("p50 µs", lambda row: row["lat_us"]["p50"], "{:.0f}", None),
    ("p99 µs", lambda row: row["lat_us"]["p99"], "{:.0f}", None),
    ("p99.9 µs", lambda row: row["lat_us"]["p999"], "{:.0f}", None),
]
KINDS = {"signalling": ("calls/s asked", "rate", SIGNALLING), "rtp": ("sessions", "m", RTP)}


def cell(rows, key, form, reduce):
    values = sorted(key(row) if callable(key) else row[key] for row in rows)
    if not values:
        return "–"
    if reduce:
        return form.format(reduce(values))
    middle = form.format(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({form.format(values[0])}–{form.format(values[-1])})"


def verdict(rows):
    passed = {row["pass"] for row in rows}
    return "–" if not passed else "mixed" if len(passed) > 1 else "ok" if True in passed else "failed"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    step_title, step, columns = KINDS[sys.argv[1]]
    valid, void = collections.defaultdict(list), collections.Counter()
    with open(sys.argv[2]) as file:
        for row in map(json.loads, file):
            key = row["sut"], row[step]
            if row["valid"]:
                valid[key].append(row)
            else:
                void[key] += 1
    titles = ["system", step_title, *(column[0] for column in columns), "verdict", "runs (void)"]
    print("| " + " | ".join(titles) + " |")
    print("|---" * len(titles) + "|")
    for key in sorted({*valid, *void}):
        rows = valid[key]
        cells = [*map(str, key), *(cell(rows, *column[1:]) for column in columns), verdict(rows), f"{len(rows)} ({void[key]})"]
        print("| " + " | ".join(cells) + " |")


main()
