"""RTP load by rtp/rtpload, and sessions for it."""
import json
import os
import statistics
import time

import ng
import sip_setup
from machine import udp_buffer_errors, wait_for_udp
from process import Program

BUILT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "out")


def establish(kind, sessions, legs, o, of=ng.leg_addrs):
    """Makes the sessions; returns what to close at the end, or nothing."""
    if kind == "floor":
        time.sleep(1)
        return None
    if kind in ("ng", "ngsrtp"):
        wait_for_udp(22222)
        time.sleep(0.5)
        ng.setup(sessions, legs, kind == "ngsrtp", of=of)
        return None
    wait_for_udp(o.gw[1])
    time.sleep(1.5)
    setup = sip_setup.Setup(o.gw, o.uas, window=o.window, of=of)
    setup.up(sessions, legs)
    return setup


def load(legs, pids, o, folder, *options):
    """Runs the generator to its end; returns its row."""
    errors = udp_buffer_errors()
    generator = Program("generator", [
        f"{BUILT}/rtpload", "-c", str(min(o.gen_cpu)), "-s", str(min(o.sut_cpu)), "-t", str(o.secs), "-w", str(o.warm),
        *(["-P", ",".join(map(str, pids))] if pids else []), *options, legs],
        o.gen_cpu, log=os.path.join(folder, "generator.log"))
    try:
        generator.process.wait(o.secs + o.warm + 30)
        said = generator.log_tail(4000).strip()
        try:
            row = json.loads(said.split("\n")[-1])
        except ValueError as error:
            raise RuntimeError(f"the generator ended with {generator.process.returncode}: {said[-300:] or 'no word'}") from error
    finally:
        generator.stop()
    row["rcvbuf"] = udp_buffer_errors() - errors
    return row


def judge(row, sessions, o):
    # A row speaks of the relay only if the generator kept to its schedule and
    # nobody took the cores away meanwhile.
    row["valid"] = (abs(row["sent"] / row["secs"] / (100 * sessions) - 1) < 0.02 and row["gen_lag_us"]["avg"] < 1000
                    and row["steal_s"] < 0.05 * row["secs"] and row["foreign_s"] < o.max_foreign * row["secs"])
    late = row["lat_us"]["p99"] > o.max_p99_ms * 1000
    lossy = row["loss_pct"] > o.max_loss or not row["recv"]
    row["pass"] = not late and not lossy and row["valid"]
    row["why"] = ("LOSS" if lossy else "LATE" if late else "") + ("" if row["valid"] else " (void: generator, hypervisor or others)")


def middle(rows, key):
    """The median of a figure over rows; nothing when there are none."""
    values = [key(row) for row in rows]
    return statistics.median(values) if values else None


def rounds(systems, o, measure):
    """Takes turns among the systems until each has `--valid` valid rows, for `--rounds` rounds at most.
    Yields (name, row) of every measurement, (name, error) of one that could not be made."""
    valid = {name: 0 for name, _ in systems}
    for _ in range(o.rounds):
        for name, specification in systems:
            if valid.get(name, o.valid) >= o.valid:
                continue
            try:
                row = measure(name, specification)
            except (RuntimeError, OSError, ValueError) as error:
                del valid[name]
                yield name, error
                continue
            valid[name] += row["valid"]
            yield name, row
            time.sleep(0.5)


def add_options(parser):
    parser.add_argument("--secs", type=float, default=6)
    parser.add_argument("--warm", type=float, default=4, help="seconds before, not counted")
    parser.add_argument("--window", type=int, default=16, help="calls in set-up at a time")
    parser.add_argument("--valid", type=int, default=5, help="valid rows wanted of each system and step")
    parser.add_argument("--rounds", type=int, default=10, help="times that a system is measured for them at most")
    parser.add_argument("--max-foreign", type=float, default=0.06, help="of the measured core, taken by others: a row with more is void")
    parser.add_argument("--max-loss", type=float, default=0.1, metavar="PERCENT")
    parser.add_argument("--max-p99-ms", type=float, default=20, help="one packet time: beyond it the relay lives off socket buffers")
