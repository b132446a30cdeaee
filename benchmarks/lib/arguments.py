"""Command line, scratch folder and result rows that the measurements share."""
import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time

from machine import parse_address, parse_cpus, wait_for_udp
from process import Program


def parser(description):
    new = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    new.add_argument("--sut", action="append", required=True, metavar="NAME=COMMAND",
                     help="a system under test; {gw} and {uas} in the command, and GW_ADDR and UAS_ADDR in its "
                          "environment, are the two addresses")
    new.add_argument("--sut-cpu", type=parse_cpus, default={0})
    new.add_argument("--gen-cpu", type=parse_cpus, default={1})
    new.add_argument("--gw", type=parse_address, default=("127.0.0.1", 5060), help="where the system listens")
    new.add_argument("--uas", type=parse_address, default=("127.0.0.1", 5090), help="where it sends calls")
    new.add_argument("--quiet-wait", type=float, default=60, metavar="S", help="wait so long for an idle machine before each measurement")
    new.add_argument("--json", metavar="FILE", help="append one line per measurement")
    return new


def systems(arguments):
    return [text.split("=", 1) for text in arguments.sut]


def environment(arguments):
    return {"GW_ADDR": "%s:%d" % arguments.gw, "UAS_ADDR": "%s:%d" % arguments.uas}


def fill(command, arguments):
    known = environment(arguments)
    return command.replace("{gw}", known["GW_ADDR"]).replace("{uas}", known["UAS_ADDR"])


def start(name, command, arguments, folder):
    """Starts a system and waits until it listens; ends this program if it does not."""
    program = Program(name, fill(command, arguments), arguments.sut_cpu, environment(arguments),
                      os.path.join(folder, name + ".log"))
    if not wait_for_udp(arguments.gw[1]):
        program.stop()
        sys.exit(f"{name}: nothing listens on UDP port {arguments.gw[1]}; its log ends:\n{program.log_tail()}")
    time.sleep(1.5)
    return program


@contextlib.contextmanager
def scratch():
    """A folder for logs and statistics; kept when KEEP is set."""
    folder = tempfile.mkdtemp(prefix="sipalg-bench.")
    try:
        yield folder
    finally:
        if os.environ.get("KEEP"):
            print("kept", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def save(arguments, row):
    if arguments.json:
        with open(arguments.json, "a") as file:
            file.write(json.dumps({**row, "when": time.strftime("%FT%T")}) + "\n")
