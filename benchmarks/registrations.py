#!/usr/bin/env python3
"""Registrations with digest: CPU of each, memory of the bindings that stand, and
the time until a killed gateway takes requests again with all of them.

  registrations.py --bindings 200000 --sut kamailio=peers/kamailio-registrar/start.sh \\
                   --sut sipalg='exec peers/gateway-registrar.sh /path/to/sipalg'

A registration is REGISTER, 401, REGISTER with credentials, 200. The first users
warm the system up, then each other one registers once (fill), then some of them
again (refresh), then nobody does for a while (idle). A system that keeps its bindings (--restart NAME) is killed and
started again.
"""
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
    parser.add_argument("--refresh-secs", type=float, default=20)
    parser.add_argument("--refreshes", type=int, default=2, help="rounds of that length")
    parser.add_argument("--idle-secs", type=float, default=30)
    parser.add_argument("--after-secs", type=float, default=45, help="from the last registration to the measurement of memory")
    parser.add_argument("--warm", type=int, default=40_000, help="the first users, which register before the fill and do not count: code is compiled in tiers")
    parser.add_argument("--caller-port", type=int, default=5070)
    parser.add_argument("--restart", default="sipalg", metavar="NAME")
    parser.add_argument("--admin", default="http://127.0.0.1:8080", help="of the system that is restarted")
    return parser.parse_args()


class Phones:
    """Registers users by SIPp, in order."""

    def __init__(self, o, folder):
        self.o, self.folder = o, folder
        self.rounds = 0

    def users(self, first, count):
        path = os.path.join(self.folder, "users.csv")
        with open(path, "w") as file:
            file.write("SEQUENTIAL\n")
            for number in range(first, first + count):
                file.write(f"u{number:06d};[authentication username=u{number:06d} password=secret]\n")
        return path

    def register(self, count, name, first=0):
        statistics = os.path.join(self.folder, name + ".csv")
        self.rounds += 1
        users = self.users(first, count)
        with open(statistics + ".out", "wb") as output:
            # As phones do it, a user's Call-ID (his place from the first on) stays and his CSeq grows (RFC 3261 10.2).
            process = spawn(["sipp", "%s:%d" % self.o.gw, "-cid_str", "%u@%s", "-base_cseq", str(10 * self.rounds), "-sf", f"{SCENARIOS}/register.xml", "-inf", users,
                             "-i", self.o.uas[0], "-p", str(self.o.caller_port), "-r", str(self.o.rate), "-m", str(count),
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
                "achieved": achieved_rate(table, count), "retr_pct": 100 * last("Retransmissions(C)") / count}


def phase(name, program, o, work):
    """What the work costs the program, and its memory afterwards."""
    core, other = min(o.sut_cpu), min(o.gen_cpu)
    cpu, busy, steal = program.cpu(), cpu_times(core), cpu_times(other)[1]
    row = work()
    program.settle()
    cpu_after, busy_after = program.cpu(), cpu_times(core)
    user, system = cpu_after[0] - cpu[0], cpu_after[1] - cpu[1]
    each = max(1, row["ok"])
    row.update(sut=program.name, phase=name, user_ms=1e3 * user / each, system_ms=1e3 * system / each,
               cpu_ms=1e3 * (user + system) / each, sut_util=(user + system) / row["wall"], gen_util=row["generator_cpu"] / row["wall"],
               memory=program.memory(), foreign=busy_after[0] - busy[0] - user - system,
               steal=busy_after[1] - busy[1] + cpu_times(other)[1] - steal)
    return row


def idle(seconds):
    time.sleep(seconds)
    return {"n": 0, "ok": 0, "failed": 0, "wall": seconds, "generator_cpu": 0, "achieved": 0, "retr_pct": 0}


def measure(name, command, o, folder, show):
    phones = Phones(o, folder)
    program = shared.start(name, command, o, folder)
    try:
        phones.register(o.warm, name + ".warm")
        # Until answers that are kept for retransmissions are gone, and what the start left is given back.
        time.sleep(o.after_secs)
        before = program.memory()
        fill = phase("fill", program, o, lambda: phones.register(o.bindings - o.warm, name + ".fill", first=o.warm))
        time.sleep(o.after_secs)
        fill["memory"] = program.memory()
        fill["per_binding"] = (fill["memory"] - before) / max(1, fill["ok"])
        show(fill)
        refreshes = min(int(o.rate * o.refresh_secs), o.bindings - o.warm)
        for number in range(o.refreshes):
            show(phase("refresh", program, o, lambda: phones.register(refreshes, f"{name}.refresh{number}", first=o.warm)))
        show(phase("idle", program, o, lambda: idle(o.idle_secs)))
        if name == o.restart:
            program = restarted(program, name, command, o, folder, show)
    finally:
        program.stop()


def restarted(program, name, command, o, folder, show):
    for pid in program.pids():
        os.kill(pid, signal.SIGKILL)
    program.stop()
    begin = time.monotonic()
    # Nothing else runs meanwhile: it may have all CPUs.
    program = Program(name, shared.fill(command, o), o.sut_cpu | o.gen_cpu, shared.environment(o), os.path.join(folder, name + ".again.log"))
    while not is_ready(o):
        if time.monotonic() - begin > 60 or not program.alive():
            sys.exit(f"{name}: not ready; its log ends:\n{program.log_tail()}")
        time.sleep(0.01)
    seconds = time.monotonic() - begin
    row = {"sut": name, "phase": "restart", "seconds": seconds, "bindings": standing(o), "memory": program.memory()}
    show(row)
    return program


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
        print(f"{r['sut']:<16}{r['phase']:<9}ready after {r['seconds']:.2f} s with {r['bindings']} bindings, {r['memory'] / 1e6:.0f} MB", flush=True)
        return
    per_binding = f"{r['per_binding'] / 1024:.2f}" if "per_binding" in r else ""
    print(f"{r['sut']:<16}{r['phase']:<9}{r['ok']:>13} {r['failed']:>7} {r['retr_pct']:>6.2f} {r['achieved']:>9.0f}   "
          f"{r['cpu_ms']:>8.3f} ({r['user_ms']:.3f}+{r['system_ms']:.3f})   {100 * r['sut_util']:>6.1f} {100 * r['gen_util']:>6.0f} "
          f"{r['memory'] / 1e6:>10.1f} {per_binding:>12} {r['foreign']:>10.2f} {r['steal']:>8.2f}", flush=True)


def main():
    o = options()
    end_on_signal()
    print(HEADER, flush=True)
    with shared.scratch() as folder:
        os.environ["USERS"] = str(o.bindings)
        for name, command in shared.systems(o):
            os.environ["FOLDER"] = os.path.join(folder, name + ".state")

            def show(row):
                table(row)
                shared.save(o, row)
            with quiet_slot(o.quiet_wait):
                measure(name, command, o, folder, show)


main()
