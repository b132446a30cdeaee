"""Entries of a process's BPF hash maps, as the kernel counts them: bpf(2) by ctypes."""
import ctypes
import os
import platform
import re

NUMBER = 321 if platform.machine() == "x86_64" else 280
GET_NEXT_KEY, GET_FD_BY_ID = 4, 14
HASH_TYPES = {1, 9}     # BPF_MAP_TYPE_HASH, _LRU_HASH
libc = ctypes.CDLL(None, use_errno=True)


class NextKey(ctypes.Structure):
    _fields_ = [("fd", ctypes.c_uint32), ("padding", ctypes.c_uint32), ("key", ctypes.c_uint64), ("next", ctypes.c_uint64), ("flags", ctypes.c_uint64)]


class ById(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint32), ("next", ctypes.c_uint32), ("flags", ctypes.c_uint32)]


def bpf(command, attributes):
    return libc.syscall(NUMBER, command, ctypes.byref(attributes), ctypes.sizeof(attributes))


def hash_maps(pid):
    """(id, octets of a key) of each hash map that the process has open."""
    found = {}
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            with open(f"/proc/{pid}/fdinfo/{fd}") as file:
                fields = dict(re.findall(r"^(map_\w+|key_size):\s*(\d+)", file.read(), re.M))
        except OSError:
            continue
        if int(fields.get("map_type", 0)) in HASH_TYPES:
            found[int(fields["map_id"])] = int(fields["key_size"])
    return found.items()


def entries(pid):
    """In all hash maps of the process; nothing when it has none."""
    counts = [count(number, octets) for number, octets in hash_maps(pid)]
    return sum(counts) if counts else None


def count(number, octets):
    fd = bpf(GET_FD_BY_ID, ById(id=number))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "BPF_MAP_GET_FD_BY_ID")
    try:
        key, after, found = None, ctypes.create_string_buffer(octets), 0
        while bpf(GET_NEXT_KEY, NextKey(fd=fd, key=ctypes.addressof(key) if key else 0, next=ctypes.addressof(after))) == 0:
            key = ctypes.create_string_buffer(after.raw, octets)
            found += 1
        return found
    finally:
        os.close(fd)
