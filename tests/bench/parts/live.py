# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of a running domain, beside the libvirt call that makes them: the test driver's own, which runs
and costs next to nothing, and a guest of QEMU.
"""

import contextlib

import running

TEST_DRIVERS = "test"


def measure(bench, name, names):
    with bench.place(name) as place, contextlib.ExitStack() as stack:
        domain = TEST_DRIVERS
        if place.kind == "qemu":
            domain = running.NAME
            running.Guest(place, stack)
        yield from place.run("live", place.bus.address, place.uri, domain, *names)
