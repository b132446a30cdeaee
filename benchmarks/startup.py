#!/usr/bin/env python3
"""Time from the start of a program until it answers its first OPTIONS with 200.

  startup.py --repeat 10 --sut sipalg='exec /path/to/sipalg run --config sipalg.yaml'
"""
import os
import socket
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import arguments as shared
from machine import end_on_signal, quiet_slot
from process import Program


def options():
    parser = shared.parser(__doc__)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--limit", type=float, default=15, metavar="S", help="give up after so long")
    return parser.parse_args()


def ask(gateway, own, number):
    host, port = gateway
    address = "%s:%d" % own
    return (f"OPTIONS sip:{host}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {address};rport;branch=z9hG4bKstart{number}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:bench@{address}>;tag=start{number}\r\nTo: <sip:{host}:{port}>\r\n"
            f"Call-ID: start-{number}@{host}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:bench@{address}>\r\n"
            "Content-Length: 0\r\n\r\n").encode()


def answered(program, o, begin):
    """Seconds until the answer; each request is a new one, sent every 5 ms."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind((o.gw[0], 0))
        own.settimeout(0.005)
        number = 0
        while time.monotonic() - begin < o.limit and program.alive():
            number += 1
            own.sendto(ask(o.gw, own.getsockname(), number), o.gw)
            try:
                line = own.recv(65535).split(b"\r\n", 1)[0].decode(errors="replace")
            except (TimeoutError, ConnectionRefusedError):
                continue
            if line.startswith("SIP/2.0 200"):
                return time.monotonic() - begin
            sys.exit(f"{program.name}: OPTIONS answered by {line!r}, not 200")
    sys.exit(f"{program.name}: no answer to OPTIONS; its log ends:\n{program.log_tail()}")


def one(name, command, o, folder):
    begin = time.monotonic()
    program = Program(name, shared.fill(command, o), o.sut_cpu, shared.environment(o), os.path.join(folder, name + ".log"))
    try:
        return answered(program, o, begin)
    finally:
        program.stop()


def main():
    o = options()
    end_on_signal()
    print("system           runs  best ms  median ms  worst ms")
    with shared.scratch() as folder:
        for name, command in shared.systems(o):
            with quiet_slot(o.quiet_wait):
                times = [1000 * one(name, command, o, folder) for _ in range(o.repeat)]
            print(f"{name:<16}{len(times):>5} {min(times):>8.0f} {statistics.median(times):>10.0f} {max(times):>9.0f}", flush=True)
            shared.save(o, {"sut": name, "startup_ms": times})


main()
