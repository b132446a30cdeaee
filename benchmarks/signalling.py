#!/usr/bin/env python3
"""Calls per second and CPU per call of one or more systems, in one run.

  signalling.py --rates 400,800 --sut kamailio=peers/kamailio-rtpengine/start.sh \\
                --sut sipalg='exec /path/to/sipalg run --config sipalg.yaml'

At each rate every system is measured in turn, so that drift of the machine
falls on all of them alike. A system that failed a rate is not measured further.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import cpu_times, end_on_signal, quiet_slot, udp_buffer_errors
from sipp import Generator

HEADER = ("system           rate  achieved  fail%  retr%   cpu ms/call (usr+sys)  core%  SIPp%  "
          "peak MB  rcvbuf  foreign s  steal s  verdict")


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--rates", default="400,800,1500,2500", help="calls per second")
    parser.add_argument("--secs", type=float, default=12)
    parser.add_argument("--hold-ms", type=int, default=200)
    parser.add_argument("--caller-port", type=int, default=5070)
    parser.add_argument("--warm", type=int, default=2000, help="calls at 200/s before each measurement, not counted")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--tries", type=int, default=2, help="measure again when others took more than --max-foreign of the core; the least disturbed is kept")
    parser.add_argument("--max-foreign", type=float, default=0.06)
    parser.add_argument("--keep-going", action="store_true", help="go on after a failed rate")
    return parser.parse_args()


def measure(program, generator, rate, tag, o):
    if o.warm:
        generator.calls(200, o.warm, 50, tag + ".warm")
    program.settle()
    core, other = min(o.sut_cpu), min(o.gen_cpu)
    cpu, busy, errors, steal = program.cpu(), cpu_times(core), udp_buffer_errors(), cpu_times(other)[1]
    peak = [0]

    def watch(seconds):
        if int(seconds * 10) % 10 == 0:
            peak[0] = max(peak[0], program.memory())
    row = generator.calls(rate, int(rate * o.secs), o.hold_ms, tag, during=watch)
    cpu_after, busy_after = program.cpu(), cpu_times(core)
    user, system = cpu_after[0] - cpu[0], cpu_after[1] - cpu[1]
    calls = max(1, row["ok"])
    active = row["n"] / row["achieved"] if row["achieved"] else row["wall"]
    row.update(
        sut=program.name, rate=rate, cpu_ms=(user + system) / calls * 1e3,
        user_ms=user / calls * 1e3, system_ms=system / calls * 1e3,
        sut_util=(user + system) / active, gen_util=row["generator_cpu"] / active,
        foreign=busy_after[0] - busy[0] - user - system,
        steal=busy_after[1] - busy[1] + cpu_times(other)[1] - steal,
        rcvbuf=udp_buffer_errors() - errors, peak_mem=peak[0],
        fail_pct=100 * row["failed"] / row["n"], retr_pct=100 * row["retransmissions"] / row["n"])
    row["pass"] = row["fail_pct"] < 0.1 and row["retr_pct"] <= 1 and row["achieved"] >= 0.97 * rate
    row["valid"] = row["steal"] < 0.1 * o.secs
    return row


def least_disturbed(name, command, rate, tag, o, folder):
    best = None
    for attempt in range(o.tries):
        with quiet_slot(o.quiet_wait):
            program = generator = None
            try:
                program = shared.start(name, command, o, folder)
                generator = Generator(o.gw, o.uas, o.caller_port, o.gen_cpu, folder)
                row = measure(program, generator, rate, f"{tag}.{attempt}", o)
                if not program.alive():
                    print(f"{name}: died; its log ends:\n{program.log_tail()}")
            finally:
                if generator:
                    generator.stop()
                if program:
                    program.stop()
        if best is None or row["foreign"] + row["steal"] < best["foreign"] + best["steal"]:
            best = row
        if best["foreign"] < o.max_foreign * o.secs:
            break
    return best


def show(r):
    verdict = "ok" if r["pass"] else "FAIL"
    verdict += " (generator full)" if r["gen_util"] > 0.93 else ""
    verdict += "" if r["valid"] else " (void: steal)"
    print(f"{r['sut']:<16}{r['rate']:>5} {r['achieved']:>9.0f} {r['fail_pct']:>6.2f} {r['retr_pct']:>6.2f}   "
          f"{r['cpu_ms']:>6.3f} ({r['user_ms']:.3f}+{r['system_ms']:.3f})   {100 * r['sut_util']:>6.0f} "
          f"{100 * r['gen_util']:>6.0f} {r['peak_mem'] / 1e6:>8.0f} {r['rcvbuf']:>7} {r['foreign']:>10.2f} "
          f"{r['steal']:>8.2f}  {verdict}", flush=True)


def main():
    o = options()
    end_on_signal()
    best, out_of_race = {}, set()
    print(HEADER, flush=True)
    with shared.scratch() as folder:
        for rate in map(int, o.rates.split(",")):
            for repeat in range(o.repeat):
                for name, command in shared.systems(o):
                    if name in out_of_race:
                        continue
                    row = least_disturbed(name, command, rate, f"{name}.{rate}.{repeat}", o, folder)
                    show(row)
                    shared.save(o, row)
                    if row["pass"]:
                        best[name] = row if row["valid"] else best.get(name)
                    elif not o.keep_going and repeat == o.repeat - 1 and (best.get(name) or {}).get("rate") != rate:
                        out_of_race.add(name)
                    time.sleep(3)
    print("\nhighest rate passed:")
    for name, _ in shared.systems(o):
        row = best.get(name)
        print(f"  {name:<16} " + (f"{row['rate']} calls/s at {row['cpu_ms']:.3f} CPU-ms a call: "
                                  f"{1000 / row['cpu_ms'] if row['cpu_ms'] else 0:.0f} calls/s a core by cost" if row else "none"))


main()
