# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole commands from start to end: the client beside virt-install, virt-xml and virsh."""

import os
import re
import shutil
import subprocess
import tempfile
import time

import places
from support import services

NEW = "bench-cli"
FEWEST_TURNS = 3
# For virsh edit: gives the document another size of memory each time.
EDITOR = """#!/bin/sh
exec sed -i "s|<memory .*</memory>|<memory unit='KiB'>$((4194304 + $$ * 4))</memory>|" "$1"
"""

def timed(argv, expected):
    """One command with nothing to read and nobody to read it, in microseconds."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, said.fileno(), 2)])
        _, status = os.waitpid(pid, 0)
        took = (time.perf_counter() - start) * 1e6
        code = os.waitstatus_to_exitcode(status)
        if code != expected:
            said.seek(0)
            raise places.Failed(f"{' '.join(argv)} ended with {code}: {said.read().decode()}")
    return took


def tool(name, *arguments):
    found = shutil.which(name)
    if not found:
        raise places.Absent(f"{name} is not installed")
    return [found, *arguments]


def renamed(xml):
    """The same as a domain of its own."""
    return re.sub(r"<name>.*</name>", f"<name>{NEW}</name>", re.sub(r"\s*<uuid>.*</uuid>", "", xml))


class Commands:
    def __init__(self, place, folder):
        self.uri = place.uri
        self.domain = "test" if place.kind == "test" else "bench-0"
        self.client = [os.path.abspath(services.CLIENT), "--address=" + place.bus.address]
        self.file = os.path.join(folder, "domain.xml")
        self.new = os.path.join(folder, "new.xml")
        self.disk = os.path.join(folder, "disk.qcow2")
        shown = subprocess.run([*self.client, "xml", self.domain], capture_output=True, text=True,
                               check=True).stdout
        editor = os.path.join(folder, "editor")
        for path, text in ((self.file, shown), (self.new, renamed(shown)), (editor, EDITOR),
                           (self.disk, "")):  # virt-xml wants the disk to be there
            with open(path, "w") as file:
                file.write(text)
        os.chmod(editor, 0o755)
        os.environ["VISUAL"] = editor

    # For each figure: ours, other, what undoes ours and the other (not timed; None: nothing), and the
    # exit status of ours. `turn` makes each edit one of its own.

    def cli_build(self, turn):
        ours = [*self.client, "-n", "create", f"built-{turn}", "memory=1GiB", "vcpu=2"]
        other = tool("virt-install", "--connect", self.uri, "--print-xml", "--import", "--name",
                          f"built-{turn}", "--memory", "1024", "--vcpus", "2", "--disk", "none",
                          "--osinfo", "detect=off,require=off")
        return ours, other, None, None, 1  # as diff(1): there is a difference

    def cli_edit(self, turn):
        other = tool("virt-xml", "-c", self.uri, self.domain, "--edit", "--metadata",
                          f"title=turn {turn}", "--print-xml")
        return [*self.client, "set", self.file, f"title=turn {turn}"], other, None, None, 0

    def cli_add_disk(self, turn):
        other = tool("virt-xml", "-c", self.uri, self.domain, "--add-device", "--disk",
                          f"path={self.disk},driver.type=qcow2,target.dev=vdzy,target.bus=virtio")
        ours = [*self.client, "add", self.domain, "disk", f"source.file={self.disk}", "driver.type=qcow2",
                "target.dev=vdzx", "target.bus=virtio"]
        undo = [*self.client, "remove", self.domain, "disk", "vdzx"]
        undo_other = tool("virsh", "-c", self.uri, "detach-disk", self.domain, "vdzy", "--config")
        return ours, other, undo, None if self.uri.startswith("test:") else undo_other, 0

    def cli_set(self, turn):
        other = tool("virt-xml", "-c", self.uri, self.domain, "--edit", "--memory", str(9216 + turn))
        return [*self.client, "set", self.domain, f"memory={9216 + turn}MiB"], other, None, None, 0

    def cli_virsh_edit(self, turn):
        ours = [*self.client, "set", self.domain, f"title=turn {turn}"]
        return ours, tool("virsh", "-c", self.uri, "edit", self.domain), None, None, 0

    def cli_xml(self, turn):
        return ([*self.client, "xml", self.domain],
                tool("virsh", "-c", self.uri, "dumpxml", "--inactive", self.domain), None, None, 0)

    def cli_list(self, turn):
        return self.client, tool("virsh", "-c", self.uri, "list", "--all"), None, None, 0

    def cli_define(self, turn):
        return ([*self.client, "define", self.new], tool("virsh", "-c", self.uri, "define", self.new),
                [*self.client, "undefine", NEW],
                tool("virsh", "-c", self.uri, "undefine", NEW), 0)


def undo(argv):
    if argv:
        subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=True)


def timed_warm(argv, status, undone):
    """The middle one of three in a row: the other program, a hundred times as large, has just had the
    processor's caches to itself."""
    found = []
    for _ in range(3):
        found.append(timed(argv, status))
        undo(undone)
    return sorted(found)[1]


def pairs(command, turns, seconds):
    ours, other = [], []
    end = time.monotonic() + seconds
    warming = 1 if turns > 1 else 0
    for turn in range(turns + warming):
        if turn > FEWEST_TURNS and time.monotonic() > end:
            break
        mine, theirs, undo_mine, undo_theirs, status = command(turn)
        took = timed_warm(mine, status, undo_mine)
        took_other = timed(theirs, 0)
        undo(undo_theirs)
        if turn >= warming:
            ours.append(took)
            other.append(took_other)
    return ours, other


def measure(bench, name, names):
    with bench.place(name, spread_out=True) as place, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        commands = Commands(place, folder)
        for wanted in names:
            try:
                ours, other = pairs(getattr(commands, wanted.replace("-", "_")), min(bench.turns, 9),
                                    bench.seconds * 3)
                yield {"name": wanted, "unit": "us", "ours": ours, "other": other}
            except places.Absent as absent:
                yield {"name": wanted, "absent": str(absent)}
