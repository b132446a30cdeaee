"""A .NET program's diagnostics port: full collections on demand, without a word of the program's own.

The protocol is that of dotnet/diagnostics, documentation/design-docs/ipc-protocol.md: an event session of the runtime
with the keyword GCHeapCollect begins with a blocking collection of all generations.
"""
import glob
import socket
import struct
import threading

MAGIC = b"DOTNET_IPC_V1\0"
EVENTS, STOP, COLLECT = 2, 1, 3
GC_HEAP_COLLECT, INFORMATIONAL = 0x800000, 4


def text(value):
    return struct.pack("<I", len(value) + 1) + (value + "\0").encode("utf-16-le")


def ask(path, command, payload):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(path)
    connection.sendall(MAGIC + struct.pack("<HBBH", 20 + len(payload), EVENTS, command, 0) + payload)
    return connection


def answer(connection):
    """The 64 bits that the runtime answers."""
    read = b""
    while len(read) < 28:
        part = connection.recv(28 - len(read))
        if not part:
            break
        read += part
    if len(read) < 28 or read[16] != 0xFF or read[17] != 0:
        raise OSError(f"the diagnostics port refused: {read!r}")
    return struct.unpack("<Q", read[20:])[0]


def port_of(pid):
    found = glob.glob(f"/tmp/dotnet-diagnostic-{pid}-*-socket")
    if not found:
        raise OSError(f"process {pid} has no diagnostics port")
    return found[0]


def collect(pid):
    path = port_of(pid)
    # A buffer of 1 MB, the current format, no list of methods at the end, one provider.
    wishes = struct.pack("<II?I", 1, 1, False, 1) + struct.pack("<QI", GC_HEAP_COLLECT, INFORMATIONAL) + text("Microsoft-Windows-DotNETRuntime") + text("")
    with ask(path, COLLECT, wishes) as events:
        with ask(path, STOP, struct.pack("<Q", answer(events))) as stop:
            # The session ends when all of it has been read.
            while events.recv(65536):
                pass
            answer(stop)


class Collections:
    """Full collections, one after the other with a pause between, as long as this is entered."""

    def __init__(self, pid, pause):
        self.pid, self.pause, self.count, self.error = pid, pause, 0, None
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            while not self.ends.wait(self.pause):
                collect(self.pid)
                self.count += 1
        except OSError as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
