#!/usr/bin/env python3
"""Good calls while strangers flood the gateway, beside the same calls without a flood.

  flood/network.sh flood.py --sut sipalg='exec peers/gateway-flood.sh /path/to/sipalg /tmp/flood'

Calls are placed by two SIPp: most of them without media, and so many a second with
media that --media of them stand at a time. From another network namespace a program
in C (flood/flood.c) sends SIP, RTP and half-open connections meanwhile.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from capture import capture
from machine import end_on_signal, quiet_slot
from sipp import SCENARIOS, Generator, rows

HERE = os.path.dirname(os.path.abspath(__file__))
ADMIN = "http://127.0.0.1:8080"
DROPS = "sipalg_sip_dropped_total"


def options():
    parser = shared.parser(__doc__)
    parser.set_defaults(gw=("10.77.0.1", 5060), uas=("10.77.0.1", 5090))
    parser.add_argument("--rate", type=int, default=200, help="calls a second")
    parser.add_argument("--hold-ms", type=int, default=2000)
    parser.add_argument("--media", type=int, default=50, help="calls at a time with media")
    parser.add_argument("--seconds", type=int, default=30, help="of calls, without the flood and with it")
    parser.add_argument("--warm", type=int, default=5, help="seconds of calls that do not count")
    parser.add_argument("--after-secs", type=int, default=35, help="from the last call to the last look: no transaction is left")
    parser.add_argument("--sip", type=int, default=30000, help="SIP datagrams a second")
    parser.add_argument("--rtp", type=int, default=20000, help="RTP packets a second")
    parser.add_argument("--connections", type=int, default=1000, help="half-open connections a second")
    parser.add_argument("--flood", default=os.path.join(HERE, "out", "flood"), metavar="PROGRAM", help="flood/flood.c, built")
    parser.add_argument("--attacker", default=os.environ.get("ATTACKER"), metavar="NAMESPACE", help="where it runs; default: here")
    return parser.parse_args()


def metrics():
    with urllib.request.urlopen(ADMIN + "/metrics", timeout=10) as answer:
        return answer.read().decode()


def drops():
    """By reason, those that are not 0; and of media."""
    found = {}
    for name, reason, value in re.findall(r'^(sipalg_(?:sip|rtp)_dropped_total)\{.*reason="(\w+)"\} (\d+)', metrics(), re.M):
        key = reason if name == DROPS else "rtp_" + reason
        found[key] = found.get(key, 0) + int(value)
    return {reason: count for reason, count in found.items() if count}


def sum_of(name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", metrics(), re.M))


class Callers:
    """Two SIPp that place calls at once, in folders of their own."""

    def __init__(self, o, folder):
        self.o, self.folder, self.count = o, folder, 0
        scenarios = os.path.join(folder, "scenarios")
        os.makedirs(scenarios)
        for name in ("uac.xml", "uac-media.xml", "uas.xml"):
            shutil.copy(os.path.join(SCENARIOS, name), scenarios)
        capture(os.path.join(scenarios, "rtp.pcap"), o.hold_ms // 20)
        self.scenarios = scenarios

    def place(self, seconds, name):
        o = self.o
        with_media = round(o.media * 1000 / o.hold_ms)
        kinds = [("uac", ["-mp", "6200"], o.rate - with_media, 5070), ("uac-media", ["-mp", "6000"], with_media, 5071)]
        placed, threads, folders = [], [], []
        for scenario, extra, rate, port in kinds:
            self.count += 1
            folder = os.path.join(self.folder, f"{name}-{self.count}")
            os.makedirs(folder)
            folders.append(folder)
            threads.append(threading.Thread(target=lambda *a: placed.append(self.call(*a)), args=(folder, scenario, extra, rate, port, seconds)))
        # One callee takes the calls of both.
        callee = Generator(o.gw, o.uas, 0, o.gen_cpu, self.folder, self.scenarios)
        callee.start("uas", o.uas[1], ["-mp", "7000", "-rtp_echo"], f"{name}.uas")
        time.sleep(0.4)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(1.2)
        callee.stop()
        setups = sorted(value for folder in folders for value in setups_in(folder))
        return {"calls": sum(row["n"] for row in placed), "lost": sum(row["n"] - row["ok"] for row in placed),
                "retransmissions": sum(row["retransmissions"] for row in placed),
                "p50 ms": percentile(setups, 0.5), "p99 ms": percentile(setups, 0.99), "p99.9 ms": percentile(setups, 0.999)}

    def call(self, folder, scenario, extra, rate, port, seconds):
        o = self.o
        count = rate * seconds
        command = ["sipp", *extra, "-sf", f"{self.scenarios}/{scenario}.xml", "-i", o.uas[0], "-p", str(port), f"{o.gw[0]}:{o.gw[1]}",
                   "-r", str(rate), "-m", str(count), "-d", str(o.hold_ms), "-l", str(rate * 30), "-nostdin", "-trace_stat",
                   "-stf", os.path.join(folder, "stat.csv"), "-fd", "1", "-trace_rtt", "-rtt_freq", "1", "-buff_size", "4000000", "-timer_resol", "2",
                   "-watchdog_major_maxtriggers", "100000", "-watchdog_minor_maxtriggers", "100000"]
        with open(os.path.join(folder, "out"), "wb") as output:
            process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                       preexec_fn=lambda: os.sched_setaffinity(0, o.gen_cpu))
            try:
                process.wait(seconds * 2 + 45)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()
        table = rows(os.path.join(folder, "stat.csv"))
        last = table[-1] if table else {}
        return {"n": count, "ok": int(last.get("SuccessfulCall(C)", 0)), "retransmissions": int(last.get("Retransmissions(C)", 0))}


def setups_in(folder):
    """Milliseconds from INVITE to 200 of each call: those of SIPp's timer 1, which a BYE begins anew as timer 2."""
    for name in os.listdir(folder):
        if name.endswith("_rtt.csv"):
            with open(os.path.join(folder, name)) as file:
                for line in file.readlines()[1:]:
                    fields = line.strip().split(";")
                    if len(fields) >= 3 and fields[2] in ("1", ""):
                        yield float(fields[1])


def percentile(values, part):
    return round(values[min(len(values) - 1, int(len(values) * part))], 1) if values else None


class Flood:
    """The program in C, in the attacker's namespace."""

    def __init__(self, o, seconds):
        command = [o.flood, "-t", str(seconds), "-s", str(o.sip), "-r", str(o.rtp), "-c", str(o.connections), "-l", str(o.gw[1] + 1), "-m", "20000-24999",
                   f"{o.gw[0]}:{o.gw[1]}", "10.77.1.0/24", "198.18.0.0/15"]
        if o.attacker:
            command = ["ip", "netns", "exec", o.attacker, *command]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, o.gen_cpu))

    def end(self):
        self.process.terminate()
        output, _ = self.process.communicate()
        return json.loads(output) if output.strip() else {}


def measure(program, callers, o):
    callers.place(o.warm, "warm")
    quiet = callers.place(o.seconds, "quiet")
    memory, dropped, cpu = program.memory(), drops(), sum(program.cpu())
    flood = Flood(o, o.seconds + 30)
    time.sleep(1)
    try:
        flooded = callers.place(o.seconds, "flooded")
    finally:
        sent = flood.end()
    cpu = sum(program.cpu()) - cpu
    after, dropped_after = program.memory(), drops()
    time.sleep(o.after_secs)
    row = {"sut": program.name, "quiet": quiet, "flooded": flooded, "sent": sent, "cpu": cpu,
           "memory": {"before": memory, "flooded": after, "afterwards": program.memory()},
           "drops": {reason: count - dropped.get(reason, 0) for reason, count in dropped_after.items() if count > dropped.get(reason, 0)},
           "calls_left": sum_of("sipalg_calls_active"), "transactions_left": sum_of("sipalg_sip_transactions_active")}
    row["pass"] = flooded["lost"] == 0 and row["calls_left"] == 0
    return row


def show(row):
    sent = row["sent"]
    if sent:
        each = lambda key: sent[key] / sent["seconds"]
        print(f"{row['sut']}: flooded by {each('sip'):.0f} SIP and {each('rtp'):.0f} RTP packets, {each('syn') + each('connected'):.0f} half-open connections a second, {each('hellos'):.0f} of them with the beginning of a ClientHello "
              f"({100 * sent['cpu'] / sent['seconds']:.0f} % of a core)")
    print(f"{'':<10}{'calls':>8}{'lost':>6}{'repeated':>10}{'p50 ms':>9}{'p99 ms':>9}{'p99.9 ms':>10}")
    for name in ("quiet", "flooded"):
        r = row[name]
        print(f"{name:<10}{r['calls']:>8}{r['lost']:>6}{r['retransmissions']:>10}{r['p50 ms']:>9}{r['p99 ms']:>9}{r['p99.9 ms']:>10}")
    print("memory, MB: " + ", ".join(f"{name} {value / 1e6:.0f}" for name, value in row["memory"].items()))
    print("dropped: " + ", ".join(f"{reason} {count}" for reason, count in sorted(row["drops"].items(), key=lambda pair: -pair[1])))
    print(f"CPU of the gateway while flooded: {row['cpu']:.1f} s; left: {row['calls_left']:.0f} calls, {row['transactions_left']:.0f} transactions")
    print("no good call lost" if row["pass"] else "GOOD CALLS LOST", flush=True)


def main():
    o = options()
    o.json = os.path.abspath(o.json) if o.json else None
    end_on_signal()
    passed = True
    with shared.scratch() as folder:
        for name, command in shared.systems(o):
            with quiet_slot(o.quiet_wait):
                program = None
                try:
                    program = shared.start(name, command, o, folder)
                    row = measure(program, Callers(o, os.path.join(folder, name)), o)
                    show(row)
                    shared.save(o, row)
                    passed = passed and row["pass"]
                finally:
                    if program:
                        program.stop()
    sys.exit(0 if passed else 1)


main()
