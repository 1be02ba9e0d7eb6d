# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon's memory gains over many calls and definitions: with --growth over as many as the
goals say, else over a hundredth."""

CALLS = 1_000_000
DEFINES = 10_000


def measure(bench, name, names):
    share = 1 if bench.growth else 10_000 if bench.quick else 100
    with bench.place(name, spread_out=True) as place:
        yield from bench.run("growth", place.bus.address, place.kind, place.daemon.process.pid,
                             CALLS // share, DEFINES // share)
