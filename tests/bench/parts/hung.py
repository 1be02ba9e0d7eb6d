# SPDX-License-Identifier: LGPL-2.1-or-later
"""A libvirtd that is stopped with calls in flight: what else is served, how they end, recovery.

It has a libvirtd of its own, so that the stop is nobody else's.
"""

import contextlib

import places

STUCK = 100


def measure(bench, name, names):
    kind, count = bench.domains(name)
    with contextlib.ExitStack() as stack:
        stack.enter_context(places.one_cpu())
        libvirtd = bench.own_libvirtd(stack)
        bench.fill(stack, libvirtd.uri, kind, count)
        place = places.Place(bench, name, stack, kind, count, libvirtd, libvirtd.uri)
        place.start_daemon("--host", "other=test:///default")
        place.wait_domains()
        resume = 0.3 if bench.quick else 0
        yield from place.run("hung", place.bus.address, libvirtd.process.pid, STUCK, resume)
