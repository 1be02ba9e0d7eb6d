# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole commands that change a running guest: the client beside virsh and virt-xml."""

import contextlib
import os

import places
import running
from parts import commands
from support import services

LINK = ("up", "down")


class Commands:
    """As in commands.py: each command makes a change, and its undo takes it back."""

    def __init__(self, place, guest):
        self.uri, self.media = place.uri, guest.media
        self.client = [os.path.abspath(services.CLIENT), "--address=" + place.bus.address]

    def virsh(self, *arguments):
        return commands.tool("virsh", "-c", self.uri, *arguments)

    def virt_xml(self, *arguments):
        return commands.tool("virt-xml", "-c", self.uri, running.NAME, "--update", "--edit", *arguments)

    def row(self, ours, other):
        """Both are functions of which of two states is wanted."""
        return ours(1), other(1), ours(0), other(0), 0

    def insert(self, medium):
        return [*self.client, "insert", running.NAME, running.DRIVE, self.media[medium], "--now"]

    def link(self, state, how):
        return [*self.client, "set", running.NAME, f"interface/{running.MAC}/link.state={LINK[state]}", how]

    def cli_media(self, turn):
        return self.row(self.insert, lambda medium: self.virsh(
            "change-media", running.NAME, running.DRIVE, self.media[medium], "--live", "--config"))

    def cli_media_virt_xml(self, turn):
        return self.row(self.insert, lambda medium: self.virt_xml(
            "target=" + running.DRIVE, "--disk", "path=" + self.media[medium]))

    def cli_link(self, turn):
        return self.row(lambda state: self.link(state, "--live"), lambda state: self.virsh(
            "domif-setlink", running.NAME, running.MAC, LINK[state]))

    def cli_link_virt_xml(self, turn):
        return self.row(lambda state: self.link(state, "--now"), lambda state: self.virt_xml(
            "mac=" + running.MAC, "--network", "link.state=" + LINK[state]))


def measure(bench, name, names):
    with bench.place(name, spread_out=True) as place, contextlib.ExitStack() as stack:
        table = Commands(place, running.Guest(place, stack))
        for wanted in names:
            try:
                ours, other = commands.pairs(getattr(table, wanted.replace("-", "_")), min(bench.turns, 9),
                                             bench.seconds * 3)
                yield {"name": wanted, "unit": "us", "ours": ours, "other": other}
            except places.Absent as absent:
                yield {"name": wanted, "absent": str(absent)}
