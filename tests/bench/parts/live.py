# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of a running domain, beside the libvirt call that makes them; the test driver's own runs."""

RUNNING = "test"


def measure(bench, name, names):
    with bench.place(name) as place:
        yield from place.run("live", place.bus.address, place.uri, RUNNING, *names)
