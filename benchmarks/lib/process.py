"""Programs under measurement: start, CPU time, memory, end.

A program is any command that stays in the foreground. It gets a session of its
own, so that every process it starts is counted by the session's id, and one
that has been reaped is counted through the times of the one that reaped it.
"""
import os
import re
import signal
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def spawn(command, cpus, env=None, output=subprocess.DEVNULL):
    """A command (a list, or a shell line) in a session of its own, on these CPUs."""
    process = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus),
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        shell=isinstance(command, str))
    # Scheduler autogroups are per session: what measures and what is measured go
    # before other work of the machine. Only root may ask for it.
    try:
        with open(f"/proc/{process.pid}/autogroup", "w") as file:
            file.write(os.environ.get("BENCH_NICE", "-15"))
    except OSError:
        pass
    return process


def stat(pid):
    """The fields of /proc/PID/stat after the command's name; the first is the state."""
    with open(f"/proc/{pid}/stat") as file:
        line = file.read()
    return line[line.rindex(")") + 2:].split()


def cpu_seconds(pid):
    """User and system seconds of one process."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def session_pids(session):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = stat(name)
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(name))
    return found


class Program:
    """A system under test, named for the tables."""

    def __init__(self, name, command, cpus, env=None, log=None):
        self.name, self.log = name, log
        with open(log or os.devnull, "wb") as output:
            self.process = spawn(command, cpus, env, output)

    def pids(self):
        return session_pids(self.process.pid)

    def cpu(self):
        """(user, system) seconds of the whole session, with children reaped."""
        user = system = 0
        for pid in self.pids():
            try:
                fields = stat(pid)
            except OSError:
                continue
            user += int(fields[11]) + int(fields[13])
            system += int(fields[12]) + int(fields[14])
        return user / TICK, system / TICK

    def memory(self):
        """Bytes. What the processes of a program share counts once, pages of files by the process that has most of them: whether another
        program, which comes and goes, has mapped them too (as any other .NET program has the runtime's) says nothing about this one."""
        own, files = 0, 0
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/smaps_rollup") as rollup, open(f"/proc/{pid}/status") as status:
                    own += sum(map(int, re.findall(r"^Pss_(?:Anon|Shmem):\s+(\d+)", rollup.read(), re.M)))
                    files = max([files, *map(int, re.findall(r"^RssFile:\s+(\d+)", status.read(), re.M))])
            except OSError:
                continue
        return (own + files) * 1024

    def read(self):
        """Bytes that had to come from a disk, since the system did not have them in memory."""
        total = 0
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/io") as file:
                    total += int(re.search(r"^read_bytes: (\d+)", file.read(), re.M).group(1))
            except OSError:
                continue
        return total

    def alive(self):
        return self.process.poll() is None

    def log_tail(self, size=1500):
        try:
            with open(self.log, errors="replace") as file:
                return file.read()[-size:]
        except (OSError, TypeError):
            return ""

    def settle(self):
        """Waits until the program is quiet, for 20 s at most."""
        for _ in range(40):
            before = sum(self.cpu())
            time.sleep(0.5)
            if sum(self.cpu()) - before < 0.05:
                return

    def stop(self):
        # To every process: a shell in front of the program would not pass it on.
        for number, seconds in ((signal.SIGTERM, 8), (signal.SIGKILL, 5)):
            for pid in self.pids():
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                self.process.poll()
                if not self.pids():
                    return
                time.sleep(0.05)
