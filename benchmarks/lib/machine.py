"""The machine around a measurement: who else used the CPUs, a moment of quiet."""
import contextlib
import fcntl
import os
import signal
import sys
import time

from process import TICK


def parse_cpus(text):
    return {int(part) for part in str(text).split(",")}


def parse_address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def end_on_signal():
    """SIGTERM and the like unwind through the finally blocks, once."""
    signals = signal.SIGTERM, signal.SIGINT, signal.SIGHUP

    def handler(*_):
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        sys.exit(1)
    for number in signals:
        signal.signal(number, handler)


def cpu_times(cpu):
    """(busy, stolen by the hypervisor, all) seconds of one CPU since boot."""
    with open("/proc/stat") as file:
        for line in file:
            if line.startswith(f"cpu{cpu} "):
                values = [int(value) / TICK for value in line.split()[1:9]]
                return sum(values) - values[3] - values[4], values[7], sum(values)
    return 0, 0, 0


def udp_buffer_errors():
    """Datagrams dropped because a socket's receive buffer was full, in this namespace."""
    with open("/proc/net/snmp") as file:
        names, values = [line.split()[1:] for line in file if line.startswith("Udp:")]
    return int(dict(zip(names, values))["RcvbufErrors"])


def wait_for_udp(port, seconds=15):
    """Until some socket is bound to the UDP port."""
    wanted = f":{port:04X}"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for table in ("/proc/net/udp", "/proc/net/udp6"):
            with open(table) as file:
                if any(line.split()[1].endswith(wanted) for line in file.readlines()[1:]):
                    return True
        time.sleep(0.1)
    return False


def busiest(seconds=0.5):
    """How busy the busiest CPU is over the next seconds, as a fraction."""
    cpus = range(os.cpu_count())
    before = [cpu_times(cpu) for cpu in cpus]
    time.sleep(seconds)
    after = [cpu_times(cpu) for cpu in cpus]
    return max((b[0] - b[1] - a[0] + a[1]) / max(0.01, b[2] - a[2]) for a, b in zip(before, after))


@contextlib.contextmanager
def quiet_slot(wait, limit=0.08):
    """Holds the machine-wide benchmark lock, taken at a moment when nobody else
    uses the CPUs; after `wait` seconds takes it anyway, and the row's column of
    foreign CPU says so. BENCH_LOCK names the lock's file; empty: no lock."""
    path = os.environ.get("BENCH_LOCK", "/tmp/bench.lock")
    lock = open(path, "w") if path else None
    deadline = time.monotonic() + wait
    calm = 0
    try:
        while True:
            calm = calm + 1 if busiest() < limit else 0
            late = time.monotonic() > deadline
            if calm < 3 and not late:
                continue
            if not lock:
                break
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if late else fcntl.LOCK_NB))
                if late or busiest(0.3) < limit:
                    break
                fcntl.flock(lock, fcntl.LOCK_UN)
            except BlockingIOError:
                pass
            calm = 0
        yield
    finally:
        if lock:
            lock.close()
