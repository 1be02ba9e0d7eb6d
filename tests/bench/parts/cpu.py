# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processor time of the daemon in an edit, all its threads."""


def measure(bench, name, names):
    with bench.place(name) as place:
        yield from place.run("cpu", place.bus.address, place.uri, place.kind, place.daemon.process.pid,
                             place.floor.process.pid, seconds=bench.seconds * 2)
