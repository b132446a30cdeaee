"""Calls by SIPp: a caller and a callee process on the generator's CPUs."""
import csv
import os
import subprocess
import time

from process import cpu_seconds, spawn

SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sipp")


class Generator:
    def __init__(self, gateway, callee, caller_port, cpus, folder, scenarios=SCENARIOS, caller=("uac", []), callee_options=()):
        """`caller` is the caller's scenario in the folder `scenarios`, with SIPp's options for it."""
        self.scenarios, self.caller, self.callee_options = scenarios, caller, callee_options
        self.gateway, self.callee, self.caller_port = gateway, callee, caller_port
        self.cpus, self.folder = cpus, folder
        self.running = []

    def start(self, scenario, port, extra, name):
        statistics = os.path.join(self.folder, name + ".csv")
        command = ["sipp", *extra, "-sf", f"{self.scenarios}/{scenario}.xml", "-i", self.callee[0], "-p", str(port),
                   "-nostdin", "-trace_stat", "-stf", statistics, "-fd", "1", "-buff_size", "4000000",
                   "-timer_resol", "2", "-deadcall_wait", "1000",
                   "-watchdog_major_maxtriggers", "100000", "-watchdog_minor_maxtriggers", "100000"]
        with open(statistics + ".out", "wb") as output:
            process = spawn(command, self.cpus, output=output)
        self.running.append(process)
        return process, statistics

    def stop(self):
        for process in self.running:
            process.terminate()     # SIPp writes its last row of statistics then
        for process in self.running:
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def calls(self, rate, count, hold_ms, name, limit=None, during=None, budget=None):
        """Places `count` calls at `rate` per second, each held for `hold_ms`.
        `during(seconds)` is called ten times a second. Returns the counters."""
        callee, callee_csv = self.start("uas", self.callee[1], self.callee_options, name + ".uas")
        time.sleep(0.4)
        begin = time.monotonic()
        limit = limit or int(rate * (hold_ms / 1000 + 6) + 1000)
        caller, caller_csv = self.start(self.caller[0], self.caller_port, [
            *self.caller[1], f"{self.gateway[0]}:{self.gateway[1]}", "-r", str(rate), "-m", str(count),
            "-d", str(hold_ms), "-l", str(limit)], name + ".uac")
        budget = budget or count / rate * 2 + hold_ms / 1000 + 45
        own_cpu = 0
        while caller.poll() is None and time.monotonic() - begin < budget:
            try:
                own_cpu = cpu_seconds(caller.pid) + cpu_seconds(callee.pid)
            except OSError:
                pass
            if during:
                during(time.monotonic() - begin)
            time.sleep(0.1)
        timed_out = caller.poll() is None
        wall = time.monotonic() - begin
        if not timed_out:
            time.sleep(1.2)     # late retransmissions still find the callee
        self.stop()
        return self._result(count, wall, own_cpu, timed_out, rows(caller_csv), rows(callee_csv))

    @staticmethod
    def _result(count, wall, own_cpu, timed_out, caller, callee):
        def last(table, column):
            return int(float(table[-1][column])) if table else 0
        ok = last(caller, "SuccessfulCall(C)")
        return {
            "n": count, "ok": ok, "failed": count - ok, "wall": wall, "timed_out": timed_out,
            "retransmissions": last(caller, "Retransmissions(C)") + last(callee, "Retransmissions(C)"),
            "achieved": achieved_rate(caller, count), "generator_cpu": own_cpu,
        }


def rows(path):
    try:
        with open(path) as file:
            return list(csv.DictReader(file, delimiter=";"))
    except OSError:
        return []


def achieved_rate(table, count):
    """Calls a second while the first nine tenths of them were placed."""
    for row in table:
        hours, minutes, seconds = row["ElapsedTime(C)"].split(":")[:3]
        elapsed = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        if int(row["OutgoingCall(C)"]) >= count * 0.9 and elapsed > 0:
            return int(row["OutgoingCall(C)"]) / elapsed
    return 0
