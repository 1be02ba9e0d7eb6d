# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that ask no libvirt: Ping, properties, lookups and the list, beside an sd-bus service."""


def measure(bench, name, names):
    with bench.place(name) as place:
        yield from place.run("calls", place.bus.address, "", *names)
