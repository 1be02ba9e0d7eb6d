# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same jobs by libvirt-dbus, on the same bus and the same kind of host."""


INVENTORY = "peer-inventory"


def measure(bench, name, names):
    jobs = [each for each in names if each not in ("inventory", INVENTORY)]
    if jobs:
        with bench.place(name) as place:
            yield from run(place, jobs)
    if len(jobs) < len(names):  # a time that counts by itself has all processors
        with bench.place(name, spread_out=True) as place:
            for row in run(place, [INVENTORY]):
                yield {**row, "name": "inventory", "other": []}
                yield row


def run(place, names):
    return place.run("peer", place.bus.address, place.kind, place.start_peer().host, *names)
