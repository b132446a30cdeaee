#!/usr/bin/env python3
"""Registrations with digest: CPU of each, memory of the bindings that stand, and
the time until a killed gateway takes requests again with all of them.

  registrations.py --bindings 200000 --sut kamailio=peers/kamailio-registrar/start.sh \\
                   --sut sipalg='exec peers/gateway-registrar.sh /path/to/sipalg'

A registration is REGISTER, 401, REGISTER with credentials, 200. The first users
warm the systems up, then each other one registers once (fill) and once more
(refresh), the systems in turns; then nobody does for a while (idle), as before the first
came (empty). A system that
keeps its bindings (--restart NAME) is killed and started again.
"""
import argparse
import os
import signal
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import cpu_times, end_on_signal, quiet_slot
from process import Program, cpu_seconds, spawn
from sipp import SCENARIOS, achieved_rate, rows

HEADER = ("system          phase    registrations  failed  retr%  achieved  cpu ms each (usr+sys)  core%  SIPp%  "
          "memory MB  KiB/binding  foreign s  steal s")


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--bindings", type=int, default=200_000, help="users that register")
    parser.add_argument("--rate", type=int, default=2000, help="registrations a second")
    parser.add_argument("--turns", type=int, default=8, help="in which the systems alternate")
    parser.add_argument("--idle-secs", type=float, default=30)
    parser.add_argument("--after-secs", type=float, default=45, help="from the last registration to the measurement of memory")
    parser.add_argument("--warm", type=int, default=40_000, help="the first users, which register before the fill and do not count: code is compiled in tiers")
    parser.add_argument("--caller-port", type=int, default=5070)
    parser.add_argument("--restart", default="sipalg", metavar="NAME")
    parser.add_argument("--admin", default="http://127.0.0.1:8080", help="of the system that is restarted")
    return parser.parse_args()


class System:
    """One system, and the phones that register with it by SIPp, in order."""

    def __init__(self, name, command, o, folder, place):
        self.name, self.command, self.folder = name, command, folder
        self.o = argparse.Namespace(**vars(o))
        self.o.gw, self.caller_port = (o.gw[0], o.gw[1] + 2 * place), o.caller_port + 2 * place
        self.environment = {"FOLDER": os.path.join(folder, name + ".state")}
        os.environ.update(self.environment)
        self.program = shared.start(name, command, self.o, folder)

    def users(self, first, count):
        path = os.path.join(self.folder, "users.csv")
        with open(path, "w") as file:
            file.write("SEQUENTIAL\n")
            for number in range(first, first + count):
                file.write(f"u{number:06d};[authentication username=u{number:06d} password=secret]\n")
        return path

    def register(self, cseq, first, count):
        statistics = os.path.join(self.folder, f"{self.name}.{cseq}.{first}.csv")
        with open(statistics + ".out", "wb") as output:
            # As phones do it, a user's Call-ID stays and his CSeq grows (RFC 3261 10.2).
            process = spawn(["sipp", "%s:%d" % self.o.gw, "-cid_str", f"%u-{first}@%s", "-base_cseq", str(10 * cseq), "-sf", f"{SCENARIOS}/register.xml",
                             "-inf", self.users(first, count), "-i", self.o.uas[0], "-p", str(self.caller_port), "-r", str(self.o.rate), "-m", str(count),
                             "-l", "20000", "-nostdin", "-trace_stat", "-stf", statistics, "-fd", "1", "-buff_size", "4000000",
                             "-timer_resol", "2", "-deadcall_wait", "500",
                             "-watchdog_major_maxtriggers", "100000", "-watchdog_minor_maxtriggers", "100000"],
                            self.o.gen_cpu, output=output)
        own, begin = 0, time.monotonic()
        while process.poll() is None and time.monotonic() - begin < 2 * count / self.o.rate + 45:
            try:
                own = cpu_seconds(process.pid)
            except OSError:
                pass
            time.sleep(0.1)
        wall = time.monotonic() - begin
        if process.poll() is None:
            process.terminate()
            process.wait(5)
        table = rows(statistics)

        def last(column):
            return int(float(table[-1][column])) if table else 0
        ok = last("SuccessfulCall(C)")
        return {"n": count, "ok": ok, "failed": count - ok, "wall": wall, "generator_cpu": own,
                "retransmissions": last("Retransmissions(C)"), "achieved_s": achieved_rate(table, count) * wall}

    def measure(self, work):
        """What the work costs the program."""
        core, other = min(self.o.sut_cpu), min(self.o.gen_cpu)
        cpu, busy, steal = self.program.cpu(), cpu_times(core), cpu_times(other)[1]
        row = work()
        self.program.settle()
        cpu_after, busy_after = self.program.cpu(), cpu_times(core)
        user, system = cpu_after[0] - cpu[0], cpu_after[1] - cpu[1]
        row.update(user=user, system=system, foreign=busy_after[0] - busy[0] - user - system,
                   steal=busy_after[1] - busy[1] + cpu_times(other)[1] - steal)
        return row


def summed(system, phase, turns):
    """One row of all turns."""
    total = {key: sum(turn[key] for turn in turns) for key in turns[0]}
    each = max(1, total["ok"])
    cpu = total["user"] + total["system"]
    return {"sut": system.name, "phase": phase, "n": total["n"], "ok": total["ok"], "failed": total["failed"],
            "achieved": total["achieved_s"] / total["wall"], "retr_pct": 100 * total["retransmissions"] / max(1, total["n"]),
            "user_ms": 1e3 * total["user"] / each, "system_ms": 1e3 * total["system"] / each, "cpu_ms": 1e3 * cpu / each,
            "turns_ms": [round(1e3 * (turn["user"] + turn["system"]) / max(1, turn["ok"]), 4) for turn in turns],
            "sut_util": cpu / total["wall"], "gen_util": total["generator_cpu"] / total["wall"],
            "memory": system.program.memory(), "foreign": total["foreign"], "steal": total["steal"]}


def in_turns(o, systems, cseq, first, count):
    """Everybody registers the same users, a part of them at a time; the turns of each system."""
    turns = {system.name: [] for system in systems}
    part = count // o.turns
    for begin in range(first, first + part * o.turns, part):
        for system in systems:
            turns[system.name].append(system.measure(lambda: system.register(cseq, begin, part)))
    return turns


def idle(seconds):
    time.sleep(seconds)
    return {"n": 0, "ok": 0, "failed": 0, "wall": seconds, "generator_cpu": 0, "retransmissions": 0, "achieved_s": 0}


def measure(o, systems, show):
    # With nobody there, for what bindings that stand cost besides.
    time.sleep(o.after_secs)
    for system in systems:
        show(summed(system, "empty", [system.measure(lambda: idle(o.idle_secs))]))
    for system in systems:
        system.register(1, 0, o.warm)
    # Until answers that are kept for retransmissions are gone, and what the start left is given back.
    time.sleep(o.after_secs)
    before = {system.name: system.program.memory() for system in systems}
    turns = in_turns(o, systems, 1, o.warm, o.bindings - o.warm)
    time.sleep(o.after_secs)
    for system in systems:
        row = summed(system, "fill", turns[system.name])
        row["per_binding"] = (row["memory"] - before[system.name]) / max(1, row["ok"])
        show(row)
    turns = in_turns(o, systems, 2, o.warm, o.bindings - o.warm)
    for system in systems:
        show(summed(system, "refresh", turns[system.name]))
    for system in systems:
        show(summed(system, "idle", [system.measure(lambda: idle(o.idle_secs))]))


def restarted(system, show):
    for pid in system.program.pids():
        os.kill(pid, signal.SIGKILL)
    system.program.stop()
    os.environ.update(system.environment)
    cores = system.o.sut_cpu | system.o.gen_cpu
    begin, before = time.monotonic(), [cpu_times(core) for core in cores]
    # Nothing else runs meanwhile: it may have all CPUs.
    system.program = Program(system.name, shared.fill(system.command, system.o), cores,
                             shared.environment(system.o), os.path.join(system.folder, system.name + ".again.log"))
    while not is_ready(system.o):
        if time.monotonic() - begin > 60 or not system.program.alive():
            sys.exit(f"{system.name}: not ready; its log ends:\n{system.program.log_tail()}")
        time.sleep(0.01)
    seconds = time.monotonic() - begin
    after, cpu = [cpu_times(core) for core in cores], sum(system.program.cpu())
    show({"sut": system.name, "phase": "restart", "seconds": seconds, "bindings": standing(system.o), "memory": system.program.memory(),
          "cpu": cpu, "read": system.program.read(), "foreign": sum(b[0] - a[0] for a, b in zip(before, after)) - cpu, "steal": sum(b[1] - a[1] for a, b in zip(before, after))})


def is_ready(o):
    try:
        with urllib.request.urlopen(o.admin + "/readyz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def standing(o):
    with urllib.request.urlopen(o.admin + "/metrics", timeout=5) as answer:
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in answer.read().decode().splitlines()
                   if line.startswith("sipalg_registrations_active"))


def table(r):
    if r["phase"] == "restart":
        print(f"{r['sut']:<16}{r['phase']:<9}ready after {r['seconds']:.2f} s with {r['bindings']} bindings, {r['memory'] / 1e6:.0f} MB; "
              f"{r['cpu']:.2f} s of CPU, {r['read'] / 1e6:.0f} MB from disk, foreign {r['foreign']:.2f} s, steal {r['steal']:.2f} s", flush=True)
        return
    per_binding = f"{r['per_binding'] / 1024:.2f}" if "per_binding" in r else ""
    print(f"{r['sut']:<16}{r['phase']:<9}{r['ok']:>13} {r['failed']:>7} {r['retr_pct']:>6.2f} {r['achieved']:>9.0f}   "
          f"{r['cpu_ms']:>8.3f} ({r['user_ms']:.3f}+{r['system_ms']:.3f})   {100 * r['sut_util']:>6.1f} {100 * r['gen_util']:>6.0f} "
          f"{r['memory'] / 1e6:>10.1f} {per_binding:>12} {r['foreign']:>10.2f} {r['steal']:>8.2f}", flush=True)


def main():
    o = options()
    end_on_signal()
    print(HEADER, flush=True)
    systems = []

    def show(row):
        table(row)
        shared.save(o, row)
    with shared.scratch() as folder, quiet_slot(o.quiet_wait):
        os.environ["USERS"] = str(o.bindings)
        try:
            for place, (name, command) in enumerate(shared.systems(o)):
                systems.append(System(name, command, o, folder, place))
            measure(o, systems, show)
            for system in systems:
                if system.name == o.restart:
                    restarted(system, show)
        finally:
            for system in systems:
                system.program.stop()


main()
